// What waits against a second reading of the events, and the sums that every edition has to keep.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "projections/intake.h"
#include "projections/referrals.h"
#include "projections/triage.h"
#include "projections/worklist.h"
#include "tests/support/figures.h"
#include "tests/support/stories_triage.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace schema;

namespace {

stories::Log some_lives() {
  stories::Log log;
  stories::live(log, [](unsigned n) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0u, n)); }, 150);
  return log;
}

bool over(const rules::StreamState& state) {
  static const std::set<rules::Phase> report{rules::Phase::retracted, rules::Phase::expired, rules::Phase::rejected};
  static const std::set<rules::Phase> file{rules::Phase::closed, rules::Phase::merged};
  return (state.kind == StreamKind::case_ ? file : report).contains(state.phase);
}

// By the stream that says so and the item: its queue and since when.
using Entered = std::map<std::pair<StreamId, StreamId>, std::pair<std::string, Micros>>;

Entered still_waiting(const stories::Log& log) {
  Entered waiting;
  for (const Fact& fact : log.facts()) {
    const StreamId& stream = fact.event.stream;
    const auto item = [&](const Ref* ref) { return std::pair(stream, ref ? uuid_of(ref->stream()) : stream); };
    if (fact.event.type == Body::TriageQueueExited) waiting.erase(item(fact.event.body<TriageQueueExited>().item_ref()));
    if (fact.event.type != Body::TriageQueueEntered) continue;
    const auto& body = fact.event.body<TriageQueueEntered>();
    auto& at = waiting[item(body.item_ref())];
    if (at.first != body.queue()->string_view()) at = {body.queue()->str(), body.entered_at()};
  }
  std::erase_if(waiting, [&](const auto& each) { return each.first.first == each.first.second && over(log.state(each.first.first)); });
  return waiting;
}

std::int64_t numerator(const std::vector<Figure>& figures, std::string_view id) { return *stories::named(figures, id).numerator; }

}  // namespace

TEST_CASE("the worklists hold what waits, each item once and in its order", "[worklist]") {
  CHECK(rc::check("worklists against the events", [] {
    const auto log = some_lives();
    const auto expected = still_waiting(log);
    const Folds fold = stories::fold_of(queues(), log.facts());
    Entered listed;
    const auto all = waiting(fold.cells(queues()), log.clock());
    for (const auto& [queue, length] : queue_lengths(all, log.clock())) {
      auto whole = waiting(fold.cells(queues()), log.clock(), {.queue = queue});
      std::ranges::sort(whole, {}, urgency);
      RC_ASSERT(std::ssize(whole) == length.waiting);
      std::int64_t overdue = 0;
      for (std::size_t i = 0; i < whole.size(); ++i) {
        const Waiting& each = whole[i];
        RC_ASSERT(listed.emplace(std::pair(each.stream, each.item), std::pair(each.queue, each.entered_at)).second);
        overdue += each.overdue(log.clock());
        if (i == 0) continue;
        const Waiting& before = whole[i - 1];
        const auto rank = [](const Waiting& one) { return one.priority == Priority::unset ? 99 : static_cast<int>(one.priority); };
        RC_ASSERT(rank(before) <= rank(each));
        if (rank(before) == rank(each) && each.due_at != 0) RC_ASSERT(before.due_at != 0 && before.due_at <= each.due_at);
      }
      RC_ASSERT(overdue == length.overdue);
      RC_ASSERT(overdue == std::ssize(waiting(fold.cells(queues()), log.clock(), {.queue = queue, .overdue = true})));
    }
    RC_ASSERT(listed == expected);
    RC_ASSERT(numerator(stories::figures(queues(), log, stories::as_of(log.clock())), "T2.backlog") == std::ssize(expected));
  }));
}

TEST_CASE("received is what is designated and what is not, and every referral stands somewhere", "[intake]") {
  CHECK(rc::check("sums", [] {
    const auto log = some_lives();
    const auto query = stories::as_of(log.clock());
    const auto in = stories::figures(intake(), log, query);
    std::int64_t designated = 0, standing = 0;
    for (const char* each : {"referral", "informational", "unfounded", "spam_test", "undesignated"}) designated += numerator(in, std::string("T1.") + each);
    RC_ASSERT(designated == numerator(in, "T1.reports"));
    const auto referred = stories::figures(referrals(), log, query);
    for (const char* each : {"on_its_way", "delivered", "lapsed", "accepted", "declined", "transferred", "revoked"})
      standing += numerator(referred, std::string("T8.") + each);
    RC_ASSERT(standing == numerator(referred, "T8.referrals"));
  }));
}

TEST_CASE("of what is put first and of all others the waits are all waits", "[triage]") {
  CHECK(rc::check("waits of two kinds", [] {
    const auto log = some_lives();
    const auto all = stories::figures(triage(), log, stories::as_of(log.clock()));
    const auto& whole = stories::named(all, "T2.queue.p50");
    const auto &first = stories::named(all, "T4.wait.expedited.p50"), &others = stories::named(all, "T4.wait.others.p50");
    RC_ASSERT(*whole.numerator == *first.numerator + *others.numerator);
    RC_ASSERT(*whole.denominator == *first.denominator + *others.denominator);
  }));
}
