// Who may do what: a fold of the governance stream.
//
// Genesis names the ledger's keys, its governors and how many of them decide. Everything later happens by proposals
// that take effect with the event that brings the last approval needed. An Authority is a plain value: the sequencer
// holds the one in force at the head, an audit replays its own.
#pragma once

#include <map>
#include <set>

#include "ledger/core/note.h"
#include "ledger/rules/roles.h"
#include "ledger/rules/stream.h"

namespace caseledger::rules {

// A key and what it may do.
struct Enrolment {
  Vkey vkey;
  std::string organisation;
  Roles roles = 0;
  std::uint16_t groups = 0;                 // bit (1 << EventGroup); 0: all that the roles cover
  std::vector<std::string> jurisdictions;   // "US" covers "US-TX"; empty: all
  Position from;
  std::optional<Position> revoked;
  std::optional<Position> compromised_from;

  bool has(Role role) const { return roles & bit(role); }
  std::bitset<body_numbers> events;         // what roles and groups allow
};

// An event whose bytes gave way to their leaf hash.
struct Excision {
  StreamId stream;
  Version version;
  StreamKind kind;
  Position position;
  std::string authority;
  Position decided;  // from there on its stream is as if it were void
  friend bool operator==(const Excision&, const Excision&) = default;
};
using Excisions = std::map<Position, Excision>;  // by where they stood

// Do these jurisdictions cover a place? None cover all; "US" covers "US-TX".
bool covers(const std::vector<std::string>& jurisdictions, std::string_view place);

// The stream every ledger has exactly once: its id follows from the origin.
StreamId governance_stream(std::string_view origin);

class Authority {
 public:
  explicit Authority(std::string origin) : origin_(std::move(origin)) {}

  const std::string& origin() const { return origin_; }
  bool constituted() const { return constituted_; }

  // The keys that sign the log, genesis' first: each signs checkpoints of its from_size entries and more, up to the next one's.
  struct LogKey {
    Vkey vkey;
    std::uint64_t from_size = 0;
    Position decided = {};
    friend bool operator==(const LogKey&, const LogKey&) = default;
  };
  const std::vector<LogKey>& log_keys() const { return log_keys_; }

  const Enrolment* find(const PublicKey& author) const;
  const std::map<PublicKey, Enrolment>& enrolments() const { return enrolments_; }
  const std::vector<Vkey>& governors() const { return governors_; }
  unsigned threshold() const { return threshold_; }

  struct Proposal {
    Version version;
    Buffer event;  // of the ProposalMade
    std::set<PublicKey> approvals;
    bool in_force = false;
  };
  const std::map<Version, Proposal>& proposals() const { return proposals_; }
  // What an event proposes or approves, if it does.
  const schema::ProposalMade* proposal_of(const EventView& event) const;

  // Policies in force: the policy event adopted, and from when.
  struct Adoption {
    StreamId policy;
    Version version;
    Micros effective_from;
    Position adopted;
  };
  const std::vector<Adoption>& adoptions() const { return adoptions_; }
  // Revocations of keys, in their order; a key may be enrolled and revoked again. Governors that are dropped are none.
  struct Revocation {
    Vkey vkey;
    std::optional<Position> compromised_from;
    Position decided;
  };
  const std::vector<Revocation>& revocations() const { return revocations_; }
  const Excisions& excisions() const { return excisions_; }
  bool is_excised(const StreamId& stream, Version version) const;
  const Excision* excision_decided_at(Position position) const;
  // Entries from this one on are open to everyone.
  const std::optional<EntryIndex>& published_from() const { return published_from_; }

  // May this author append this event now? Errors: unknown_author, not_permitted.
  Result<const Enrolment*> author(const PublicKey& key) const;
  Result<void> permits(const Enrolment& author, const EventView& event) const;

  // Guards of the governance events themselves. What a proposal does to the log or a stream is judged by rules.h.
  // Errors: illegal_transition, not_permitted, malformed.
  Result<void> admits(const PublicKey& author, const EventView& event) const;

  // One governance event later.
  void apply(const PublicKey& author, const EventView& event, Position position);

 private:
  Result<void> admits_genesis(const PublicKey& author, const schema::GovernanceConstituted& genesis) const;
  Result<void> admits_action(const schema::ProposalMade& proposal) const;
  Result<void> may_decide(const PublicKey& author, const schema::ProposalMade& proposal) const;
  bool is_privacy_officer(const PublicKey& key) const;
  void approve(Proposal& proposal, const PublicKey& author, Position position);
  void enact(const schema::ProposalMade& proposal, Position position);
  void enrol(Enrolment enrolment);
  void set_governors(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>& vkeys, unsigned threshold, Position position);

  std::string origin_;
  bool constituted_ = false;
  std::vector<LogKey> log_keys_;
  std::vector<Vkey> governors_;
  unsigned threshold_ = 0;
  std::set<PublicKey> genesis_approvals_;
  std::map<Version, Proposal> proposals_;
  std::map<PublicKey, Enrolment> enrolments_;
  std::vector<Adoption> adoptions_;
  std::vector<Revocation> revocations_;
  Excisions excisions_;
  std::optional<EntryIndex> published_from_;
};

}  // namespace caseledger::rules
