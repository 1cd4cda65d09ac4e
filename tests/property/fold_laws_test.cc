// The laws that every projection of the catalogue obeys, whatever is told.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "api/figures_json.h"
#include "projections/standing.h"
#include "projections/catalogue.h"
#include "tests/support/event_samples.h"
#include "tests/support/figures.h"

using namespace caseledger;
using namespace caseledger::projections;
using stories::fold_of;

namespace {

unsigned below(unsigned n) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0u, n)); }

stories::Log some_lives() {
  stories::Log log;
  stories::live(log, below, 20 + below(60));
  stories::live_in_office(log, below, below(20));
  return log;
}

std::string shown(const std::vector<Figure>& figures) {
  std::string out;
  for (const Figure& f : figures) out += f.id + ' ' + f.title + ' ' + f.unit + ' ' + f.note + ' ' + stories::said_by(f) + '\n';
  return out;
}

const std::vector<std::string> dimensions_of_persons{"age_band", "sex", "race_ethnicity", "state_care", "case_type_current"};
const std::vector<std::string> all_dimensions = [] {
  std::vector<std::string> all(reports::dimensions().begin(), reports::dimensions().end());
  std::erase_if(all, [](const std::string& each) { return each == "clock" || std::ranges::find(dimensions_of_persons, each) != dimensions_of_persons.end(); });  // clocks share what they count
  return all;
}();

std::vector<Figure> figures_of(const Folds& fold, Micros as_of, const std::vector<std::string>& by = all_dimensions) {
  return fold.figures({.as_of = as_of, .period = {}, .by = by});
}

// Any event of the schema, and mostly those that the projection wants or that move a case, said to belong to one of a few streams and to
// be of any kind: what no rule would admit.
std::deque<Buffer> some_events(const Projection& projection, std::vector<Fact>& facts) {
  std::deque<Buffer> bytes;
  using enum schema::Body;
  static constexpr schema::Body case_events[] = {CaseOpened,   CaseOpened, CaseSubjectAdded, CaseSuspendedLongTerm, CaseClosed,       CaseClosed,
                                                 CaseReopened, CaseMerged, ChildLocated,     ChildRecovered,        LongtermReviewed, CoverageSnapshotTaken};
  const auto types = samples::event_types();
  std::vector<schema::Body> wanted;
  std::ranges::copy_if(types, std::back_inserter(wanted), [&](schema::Body type) { return projection.wants(type); });
  std::map<StreamId, Version> versions;
  for (unsigned n = below(60); n > 0; --n) {
    const unsigned of = below(4);
    const auto type = of == 0   ? types[below(static_cast<unsigned>(types.size()))]
                      : of == 1 ? case_events[below(std::size(case_events))]
                                : wanted[below(static_cast<unsigned>(wanted.size()))];
    bytes.push_back(samples::sample_event(type, below(2) == 0, below(1'000'000)));
    const Micros recorded_at = stories::new_year_2024 + Micros(facts.size()) * 6 * stories::day;
    Fact fact{.event = view_event(bytes.back()), .position = {facts.size()}, .entry = {facts.size()}, .recorded_at = recorded_at};
    fact.event.stream = stories::stream(500 + below(4));
    fact.event.version = ++versions[fact.event.stream];
    facts.push_back(fact);
  }
  return bytes;
}

// Runs the check for each projection on lives that may happen and on events that may not.
template <class Check>
void for_all(const std::string& law, Check check) {
  for (const Projection* projection : catalogue()) {
    CAPTURE(projection->id());
    CHECK(rc::check(std::string(projection->id()) + ": " + law, [&] {
      const auto log = some_lives();
      check(*projection, log.facts());
    }));
    CHECK(rc::check(std::string(projection->id()) + ": " + law + ", over anything", [&] {
      std::vector<Fact> facts;
      const auto bytes = some_events(*projection, facts);
      check(*projection, std::span<const Fact>(facts));
    }));
  }
}

using Rows = std::map<std::string, std::string>;

void write(Rows& rows, std::vector<Folds::Row> changes) {
  for (auto& [key, value] : changes) {
    if (value.empty()) rows.erase(key);
    else rows[key] = std::move(value);
  }
}

Folds read(const Projection& projection, const Rows& rows) {
  Folds fold(projection);
  for (const auto& [key, value] : rows) RC_ASSERT(fold.load(key, value).has_value());
  return fold;
}

// Rows as a shelf that states rest on.
class RowsShelf final : public Shelf {
 public:
  explicit RowsShelf(Rows& rows) : rows_(rows) {}
  Result<std::string> states(const StreamId& stream) const override {
    const auto found = rows_.find(Folds::stream_key(stream));
    return found == rows_.end() ? std::string() : found->second;
  }
  Result<void> each(const std::function<void(const StreamId&, std::string_view)>& visit) const override {
    for (const auto& [key, states] : rows_)
      if (const auto stream = Folds::stream_of_key(key)) visit(*stream, states);
    return {};
  }
  Result<void> put(std::span<const Row> sorted) override {
    RC_ASSERT(std::ranges::is_sorted(sorted));
    write(rows_, {sorted.begin(), sorted.end()});
    return {};
  }

 private:
  Rows& rows_;
};

}  // namespace

TEST_CASE("a fold that is saved and loaded again at any point ends where one that never stopped does") {
  for_all("saving and loading changes nothing", [](const Projection& projection, std::span<const Fact> facts) {
    Rows rows;
    Folds fold(projection);
    for (const Fact& fact : facts) {
      RC_ASSERT(fold.apply(fact).has_value());
      const unsigned what = below(8);
      if (what <= 1) write(rows, fold.take_changes());
      if (what == 1) {
        Folds loaded = read(projection, rows);
        RC_ASSERT(*loaded.digests() == *fold.digests());
        RC_ASSERT(rows.empty() || loaded.take_changes().empty());
        fold = std::move(loaded);
      }
      if (what == 2) fold.settle();
    }
    fold.settle();
    RC_ASSERT(*fold.digests() == *fold_of(projection, facts).digests());
    write(rows, fold.take_changes());
    RC_ASSERT(*read(projection, rows).digests() == *fold.digests());
  });
}

TEST_CASE("states that went to rest come back as they were, whenever their stream moves again") {
  for_all("resting while following changes nothing", [](const Projection& projection, std::span<const Fact> facts) {
    const Folds whole = fold_of(projection, facts);
    Rows rows;
    RowsShelf shelf(rows);
    Folds fold(projection);
    fold.rest_on(shelf, 0);
    for (const Fact& fact : facts) {
      RC_ASSERT(fold.apply(fact).has_value());
      if (below(3) != 0) continue;
      write(rows, fold.take_changes());
      RC_ASSERT(fold.make_room().has_value());
    }
    fold.settle();
    RC_ASSERT(*fold.digests() == *whole.digests());
    RC_ASSERT(fold.cells(projection) == whole.cells(projection));
    write(rows, fold.take_changes());
    RC_ASSERT(*read(projection, rows).digests() == *whole.digests());
  });
  for_all("resting while folding anew changes nothing", [](const Projection& projection, std::span<const Fact> facts) {
    const Folds whole = fold_of(projection, facts);
    Rows rows;
    RowsShelf shelf(rows);
    Folds fold(projection);
    fold.rest_on(shelf, 0);
    for (const Fact& fact : facts) {
      RC_ASSERT(fold.apply(fact).has_value());
      if (below(2) == 0) RC_ASSERT(fold.make_room().has_value());
    }
    RC_ASSERT(fold.put_to_rest().has_value());
    RC_ASSERT(fold.streams_in_memory() == 0);
    RC_ASSERT(*fold.digests() == *whole.digests());
    write(rows, fold.take_changes());
    RC_ASSERT(*read(projection, rows).digests() == *whole.digests());
  });
}

TEST_CASE("streams folded apart, in any order of streams, and merged give what one fold gives") {
  for_all("partition and order of streams do not matter", [](const Projection& projection, std::span<const Fact> facts) {
    const Folds whole = fold_of(projection, facts);
    const unsigned parts = 1 + below(4);
    std::vector<Folds> folds;
    for (unsigned part = 0; part < parts; ++part) folds.emplace_back(projection);
    std::map<StreamId, unsigned> part_of;
    for (Folds& part : folds)
      part.send_by([&](Folds::Told& told) {
        Folds& other = folds[part_of.try_emplace(told.to, 0).first->second];
        if (&other != &part) RC_ASSERT(other.hear(told).has_value());
        return &other != &part;
      });
    std::vector<std::vector<Fact>> queues;
    std::map<StreamId, std::size_t> queue_of;
    for (const Fact& fact : facts) {
      if (const auto [at, fresh] = queue_of.try_emplace(fact.event.stream, queues.size()); fresh) {
        queues.emplace_back();
        part_of[fact.event.stream] = below(parts);
      }
      queues[queue_of[fact.event.stream]].push_back(fact);
    }
    for (std::vector<std::size_t> done(queues.size(), 0), open(queues.size()); !open.empty();) {
      open.clear();
      for (std::size_t i = 0; i < queues.size(); ++i)
        if (done[i] < queues[i].size()) open.push_back(i);
      if (open.empty()) break;
      const std::size_t i = open[below(static_cast<unsigned>(open.size()))];
      const Fact& fact = queues[i][done[i]++];
      RC_ASSERT(folds[part_of[fact.event.stream]].apply(fact).has_value());
    }
    Folds merged(projection);
    for (Folds& part : folds) {
      part.send_by(nullptr);
      part.settle();
      merged.merge(std::move(part));
    }
    RC_ASSERT(*merged.digests() == *whole.digests());
    RC_ASSERT(merged.streams_in_memory() == whole.streams_in_memory());
    Rows rows;
    write(rows, merged.take_changes());
    RC_ASSERT(*read(projection, rows).digests() == *whole.digests());

    const Micros as_of = facts.empty() ? 0 : facts.back().recorded_at;
    RC_ASSERT(shown(figures_of(merged, as_of)) == shown(figures_of(whole, as_of)));
    RC_ASSERT(shown(figures_of(merged, as_of, {"clock", "case_type"})) == shown(figures_of(whole, as_of, {"clock", "case_type"})));
  });
}

TEST_CASE("a stream that is folded anew, whatever is left of it, leaves nothing behind of what it was") {
  for_all("folding anew from anything is folding anew from nothing", [](const Projection& projection, std::span<const Fact> facts) {
    if (facts.empty()) return;
    const auto [stream, kind] = [&] { const EventView& any = facts[below(static_cast<unsigned>(facts.size()))].event; return std::pair(any.stream, any.kind); }();
    std::vector<Fact> whole, others, left;
    Version last = 0;
    for (const Fact& fact : facts) {
      const bool is_of_stream = fact.event.stream == stream;
      if (is_of_stream && fact.event.kind != kind) continue;
      whole.push_back(fact);
      if (!is_of_stream) others.push_back(fact);
      else if (last = fact.event.version; below(3) > 0) left.push_back(fact);
    }
    Folds fold = fold_of(projection, whole), expected = fold_of(projection, others);
    for (Folds* each : {&fold, &expected}) {
      RC_ASSERT(each->refold(stream, Standing(left, last)).has_value());
      each->settle();
    }
    RC_ASSERT(*fold.digests() == *expected.digests());
    RC_ASSERT(fold.cells(projection) == expected.cells(projection));
  });
}

TEST_CASE("the sums are what the streams contribute, no more and no less") {
  for_all("the sums are the contributions", [](const Projection& projection, std::span<const Fact> facts) {
    const Folds fold = fold_of(projection, facts);
    Cells sums;
    std::set<StreamId> streams;
    const auto visited = fold.each_stream(projection, [&](const StreamId& stream, const Cells& share) {
      RC_ASSERT(streams.insert(stream).second);
      sums.merge(share);
    });
    RC_ASSERT(visited.has_value());
    // One that was only told something has no state.
    RC_ASSERT((streams.size() == fold.streams_in_memory() || (projection.tells() && streams.size() < fold.streams_in_memory())));
    RC_ASSERT(sums == fold.cells(projection));
  });
}

TEST_CASE("what a projection does not want changes nothing, and neither do streams it knows nothing of") {
  for_all("unwanted events are ignored", [](const Projection& projection, std::span<const Fact> facts) {
    std::vector<Fact> wanted;
    std::ranges::copy_if(facts, std::back_inserter(wanted), [&](const Fact& fact) { return projection.wants(fact.event.type); });
    RC_ASSERT(*fold_of(projection, wanted).digests() == *fold_of(projection, facts).digests());

    const Folds empty(projection);
    std::vector<Fact> unwanted;
    std::ranges::copy_if(facts, std::back_inserter(unwanted), [&](const Fact& fact) { return !projection.wants(fact.event.type); });
    RC_ASSERT(*fold_of(projection, unwanted).digests() == *empty.digests());
    RC_ASSERT(fold_of(projection, unwanted).streams_in_memory() == 0);
  });
  for (const Projection* projection : catalogue()) CHECK_FALSE(projection->wants(schema::Body::NONE));
}

TEST_CASE("counts split by any dimension add up to the count that is not split") {
  for_all("groups add up", [](const Projection& projection, std::span<const Fact> facts) {
    const Folds fold = fold_of(projection, facts);
    const Micros as_of = facts.empty() ? 0 : facts.back().recorded_at;
    const std::vector<std::string> units{"episodes", "cases", "portals", "cameras", "reports", "incidents", "files", "supplements", "items",
                                         "decisions", "overrides", "scores", "reviews", "requests", "referrals", "trainings", "sessions",
                                         "participants", "minutes", "alerts", "actions", "entries", "deployments", "examinations", "tips", "leads",
                                         "analyses", "services", "consents", "searches", "views", "disseminations", "findings", "batches", "logins",
                                         "erasures", "events", "assignments"};
    const auto sums = [&](const std::vector<std::string>& by) {
      std::map<std::string, std::int64_t> of;
      for (const Figure& figure : figures_of(fold, as_of, by))
        if (std::ranges::find(units, figure.unit) != units.end() && figure.value) of[figure.id] += std::stoll(*figure.value);
      std::erase_if(of, [](const auto& figure) { return figure.second == 0; });
      return of;
    };
    const auto all = sums({});
    RC_ASSERT(sums(all_dimensions) == all);
    RC_ASSERT(sums({"jurisdiction"}) == all);
    RC_ASSERT(sums({"something_else"}) == all);
    auto unbalanced = all;  // the balance of the open stock is not split by persons
    std::erase_if(unbalanced, [](const auto& figure) { return figure.first.starts_with("R8.") && figure.first != "R8.long_term"; });
    auto of_persons = sums(dimensions_of_persons);
    std::erase_if(of_persons, [](const auto& figure) { return figure.first.starts_with("R8.") && figure.first != "R8.long_term"; });
    RC_ASSERT(of_persons == unbalanced);
  });
}

TEST_CASE("of figures that are asked for alone the same is told as among all of them") {
  for_all("wanted figures are those of all", [](const Projection& projection, std::span<const Fact> facts) {
    const Folds fold = fold_of(projection, facts);
    const FigureQuery query{.as_of = facts.empty() ? 0 : facts.back().recorded_at, .period = {}, .by = {below(2) == 0 ? "priority" : "jurisdiction"}};
    const auto all = fold.figures(query);
    if (all.empty()) return;
    const std::string id = all[below(static_cast<unsigned>(all.size()))].id;
    const std::vector<std::string> wanted{id.substr(0, below(2) == 0 ? id.find('.') : id.rfind('.'))};
    std::vector<Figure> of_all;
    std::ranges::copy_if(all, std::back_inserter(of_all), [&](const Figure& figure) { return figure.id == wanted[0] || figure.id.starts_with(wanted[0] + '.'); });
    RC_ASSERT(!of_all.empty());
    RC_ASSERT(shown(fold.figures(query, wanted)) == shown(of_all));
  });
}
