// The log lived through once more, in order: places and times, the state of every stream, the rules and the authority of the moment.
//
// Memory is what the sequencer needs, plus four bytes an event: how far back its predecessor in the stream stands.
#pragma once

#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "ledger/audit_source.h"
#include "ledger/rules/policy_check.h"
#include "ledger/store/heads.h"

namespace caseledger::audit {

// For each event the distance to the one before it in its stream.
class Backlinks {
 public:
  void add(Position position, std::optional<Position> previous);
  std::optional<Position> previous(Position position) const;

 private:
  static constexpr std::uint32_t far = ~std::uint32_t{0};
  std::vector<std::uint32_t> distance_;  // 0: the first of its stream
  std::unordered_map<std::uint64_t, std::uint64_t> far_;
};

class Replay {
 public:
  // presumed: excisions that later events are expected to decide. finish() says where they did not.
  Replay(std::string origin, Micros clock_tolerance, Source& source, Findings& findings, AuditCounts& counts, const rules::Excisions& presumed);

  void take(Exhibit& exhibit);
  void finish();

  const store::Heads& heads() const { return heads_; }
  const rules::Authority& authority() const { return authority_; }

  struct Skip {
    StreamId stream;
    Version version;
    friend bool operator==(const Skip&, const Skip&) = default;
  };
  struct SkipHash {
    std::size_t operator()(const Skip& skip) const { return std::hash<Uuid>{}(skip.stream) ^ skip.version; }
  };
  const std::unordered_map<Skip, Position, SkipHash>& skips() const { return skips_; }

  // An edition that was released: where it belongs below the folder, and its digest.
  struct Released {
    Position position;
    std::string path;
    Hash sha256;
  };
  const std::vector<Released>& released() const { return released_; }

 private:
  Position place(const Exhibit& exhibit);
  bool take_excised(const Exhibit& exhibit, std::size_t which, Position position);
  void take_event(const Exhibit& exhibit, std::size_t which, Position position, const rules::Context* context);
  void check_link(const Exhibit& exhibit, std::size_t which, const Place& place, const rules::StreamState& state);
  bool judge(const rules::StreamState& state, const Exhibit& exhibit, std::size_t which, Position position, const rules::Context& context);
  Place place_of(const Exhibit& exhibit, std::size_t which, Position position) const;
  bool follows(const rules::StreamState& state, const EventView& event);
  bool excused(Errc code) const;
  bool lacks_excised(const StreamId& stream, Position position) const;
  std::optional<rules::Recorded> find(const StreamId& stream, Version version);

  const Micros clock_tolerance_;
  Source& source_;
  Findings& findings_;
  AuditCounts& counts_;
  rules::Authority authority_;
  store::Heads heads_{store::Heads::Use::alone};
  Backlinks backlinks_;
  std::unordered_map<Skip, Position, SkipHash> skips_;
  std::vector<Released> released_;

  const rules::Excisions& presumed_;
  std::vector<std::pair<Position, EntryIndex>> leaves_;  // events of which only the leaf hash is there

  // Where the next batch belongs, and how far the entries' own claims are off: 0 in a sound log.
  Position next_;
  std::uint64_t offset_ = 0, uncounted_entries_ = 0;
  Micros recorded_at_ = 0;

  // Events whose content is not known: withheld, or damaged. Each may be what an unexplained gap in a stream lacks.
  std::uint64_t lost_events_ = 0, missing_versions_ = 0;
  std::unordered_set<StreamId> gaps_;

  rules::Policies policies_;
  const Exhibit* at_hand_ = nullptr;
  Position first_at_hand_;
  std::deque<Buffer> lent_;  // what the rules looked back at for the event at hand
  std::unordered_map<SubjectId, std::vector<StreamId>> linked_;  // document → people
  std::function<rules::StreamState(const StreamId&)> stream_of_;
  std::function<std::optional<rules::Recorded>(const StreamId&, Version)> find_;
  rules::FindLinked find_linked_;
};

}  // namespace caseledger::audit
