// Who may read which event: one decision, for HTTP and for subscriptions alike.
//
//   governance, policies, models   every enrolled key that is more than oversight
//   what its own key wrote         every enrolled key that is more than oversight
//   everything                     auditors
//   of its own organisation        the other roles: events the organisation wrote, and streams that it opened
//   of another organisation        the other roles: streams that an AccessGranted in force, or a referral neither declined nor revoked, shares
//                                  with the organisation, on the word of the one that opened the stream
// The last three are narrowed by the key's scopes, and the last two by the handling that its roles cover. Organisations are those of the
// keys' enrolments at the head. What is sealed is not decided here.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "ledger/ledger.h"
#include "projections/projection.h"

namespace caseledger::api {

// Of the stream an event stands in, as far as it matters.
struct StreamFacts {
  std::string organisation;  // of who opened it
  std::string jurisdiction;  // of its first event: where an event names none, it is this one
  bool shared = false;       // with the reader's organisation
};

// What the rule asks of an event: most events of a stream have the same.
struct Mark {
  StreamKind kind = StreamKind::unset;
  schema::EventGroup group = schema::EventGroup::unset;
  schema::Handling handling = schema::Handling::unset;
  PublicKey author{};
  std::string jurisdiction;

  friend bool operator==(const Mark&, const Mark&) = default;
};
Mark mark_of(const EventView& event, const PublicKey& author);

// The rule itself. The stream is looked up only where the event alone does not settle it.
Result<bool> may_read(const rules::Enrolment& reader, const Mark& event, std::string_view author_organisation, const std::function<Result<StreamFacts>()>& look_up);

// Reads bodies at all: its roles are more than oversight.
bool reads_bodies(const rules::Enrolment& reader);
// Reads it all: no organisation, scope or handling narrows it.
bool reads_everything(const rules::Enrolment& reader);

// The authority in force at the head, copied when it has changed. Safe from any thread.
class Authorities {
 public:
  explicit Authorities(const Ledger& ledger) : ledger_(ledger) {}
  std::shared_ptr<const rules::Authority> current();

 private:
  const Ledger& ledger_;
  std::mutex mutex_;
  std::shared_ptr<const rules::Authority> current_;
  Version version_ = 0;  // of the governance stream it was folded from
};

// The rule, asked about a ledger. Remembers who opened the streams it was asked about, and what it asks of their events. Safe from any
// thread.
class Entitlement {
 public:
  explicit Entitlement(const Ledger& ledger) : ledger_(ledger) {}

  // looked_up counts the streams that had to be looked up. Errors: io, verification_failed.
  Result<bool> may_read(const rules::Authority& authority, const rules::Enrolment& reader, const projections::Fact& fact, Micros now, std::uint64_t& looked_up);

  // All events of a stream: what comes of them is told to nobody else. read counts the events that were read for it; what is read once is
  // remembered. Errors: not_found, overloaded, io, verification_failed.
  Result<bool> may_read_all(const rules::Authority& authority, const rules::Enrolment& reader, const StreamId& stream, Micros now, std::uint64_t& read);

 private:
  struct Opened {
    PublicKey by;
    std::string jurisdiction;
  };
  struct Marks {
    Version version = 0;    // of the stream, as far as it was read
    Opened opened;
    std::vector<Mark> all;  // none twice
  };
  Result<bool> may_read(const rules::Authority& authority, const rules::Enrolment& reader, const Mark& mark, const StreamId& stream,
                        const std::function<Result<Opened>()>& opened, Micros now) const;
  Result<Opened> opened(const projections::Fact& fact);
  Result<Marks> marks_of(const StreamId& stream, std::uint64_t& read);
  Result<bool> in_force(const EventView& recorded, const store::Share& share, Micros now) const;
  Result<bool> shared(const rules::Authority& authority, const StreamId& stream, std::string_view by, std::string_view with, Micros now) const;

  const Ledger& ledger_;
  std::mutex mutex_;
  std::unordered_map<StreamId, Opened> opened_;
  std::unordered_map<StreamId, Marks> marks_;
};

// Whoever asks: a key that is enrolled, or whoever is at the ledger's own machine where its reads are open, who reads everything.
class Reader {
 public:
  Reader() = default;
  Reader(Entitlement& entitlement, std::shared_ptr<const rules::Authority> authority, const rules::Enrolment& enrolment, Micros now)
      : entitlement_(&entitlement), authority_(std::move(authority)), enrolment_(&enrolment), now_(now) {}

  bool reads_bodies() const { return !enrolment_ || api::reads_bodies(*enrolment_); }
  bool reads_everything() const { return !enrolment_ || api::reads_everything(*enrolment_); }
  Result<bool> may_read(const projections::Fact& fact) const { return enrolment_ ? entitlement_->may_read(*authority_, *enrolment_, fact, now_, looked_up_) : true; }
  Result<bool> may_read_all(const StreamId& stream) const { return reads_everything() ? true : entitlement_->may_read_all(*authority_, *enrolment_, stream, now_, looked_up_); }
  std::uint64_t looked_up() const { return looked_up_; }

 private:
  Entitlement* entitlement_ = nullptr;
  std::shared_ptr<const rules::Authority> authority_;  // holds the enrolment
  const rules::Enrolment* enrolment_ = nullptr;
  Micros now_ = 0;
  mutable std::uint64_t looked_up_ = 0;
};

}  // namespace caseledger::api
