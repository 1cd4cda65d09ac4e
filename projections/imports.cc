#include "projections/imports.h"

#include "ledger/rules/claims.h"
#include "projections/counts.h"
#include "projections/packed.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr Micros two_clocks = Micros{300} * 1'000'000;  // as far apart as the rules let them be, unless a ledger is configured otherwise

enum class Fit : std::uint8_t { fits, anomaly, unjudged };

struct Import {
  Month month = 0;  // when it was recorded here
  StreamKind kind = StreamKind::unset;
  Fit fit = Fit::fits;
  bool in_order = true;  // its own times
  std::string source;
};

// A state begins with what the rules remember of the stream, behind its length and without its end of zeros: of most streams two bytes. Then
// come the counts of what was imported into it.
std::size_t begin_of_counts(std::string_view bytes) { return bytes.empty() ? 0 : 1u + static_cast<std::uint8_t>(bytes.front()); }

rules::StreamState unfolded(std::string_view bytes, Version version) {
  rules::StreamState state{};
  const std::size_t end = begin_of_counts(bytes);
  ENSURE(end <= bytes.size() && end <= 1 + sizeof state);
  if (end > 1) std::memcpy(&state, bytes.data() + 1, end - 1);
  state.version = version;
  return state;
}

void fold(std::string& bytes, rules::StreamState state) {
  state.version = 0;
  state.last = {};
  const std::string_view raw(reinterpret_cast<const char*>(&state), sizeof state);
  const std::size_t size = raw.find_last_not_of('\0') + 1;
  bytes.replace(0, begin_of_counts(bytes), raw.substr(0, size));
  bytes.insert(bytes.begin(), static_cast<char>(size));
}

// What the rules say from the stream's own state. Where they want to look at other events, which a fold does not have, the audit judges.
Fit judge(const rules::StreamState& state, const Fact& fact) {
  static const rules::Authority nobody{std::string()};
  bool looked = false;
  const std::function stream_of = [&](const StreamId&) {
    looked = true;
    return rules::StreamState{};
  };
  const std::function find = [&](const StreamId&, Version) {
    looked = true;
    return std::optional<rules::Recorded>();
  };
  const rules::Context context{nobody, nullptr, fact.author, fact.recorded_at, 0, stream_of, find};
  const auto fits = rules::admit_transition(state, fact.event, context);
  if (looked) return Fit::unjudged;
  return !fits && fits.error().code == Errc::illegal_transition ? Fit::anomaly : Fit::fits;
}

struct Row {
  std::int64_t imported = 0, anomalies = 0, unjudged = 0, disordered = 0;
};

class Imports final : public Projection {
 public:
  std::string_view id() const override { return "imports"; }
  unsigned version() const override { return 3; }  // whether its own times are in order is told now
  bool wants(Body type) const override { return type != Body::NONE; }

  void step(std::string& bytes, const Fact& fact) const override {
    const EventView& event = fact.event;
    const rules::StreamState before = unfolded(bytes, event.version - 1);
    const auto* imported = event.fields->imported();
    const Fit fit = imported ? judge(before, fact) : Fit::fits;
    fold(bytes, rules::apply(before, event, fact.position));
    if (!imported) return;
    std::string counts = bytes.substr(begin_of_counts(bytes));
    const Import import{.month = month_of(fact.recorded_at), .kind = event.kind, .fit = fit, .in_order = rules::times_in_order(event, two_clocks), .source = std::string(text_of(imported->source()))};
    count(counts, packed(import));
    bytes.replace(begin_of_counts(bytes), std::string::npos, counts);
  }

  void contribute(std::string_view bytes, const Share& add) const override {
    add_counts(bytes.substr(begin_of_counts(bytes)), add);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto rows = groups_for<Row>(query, {{"source", ""}, {"kind", ""}});
    for (const auto& [key, n] : cells.counts()) {
      const auto fact = unpacked<Import>(key);
      if (!counts_month(query, fact.month)) continue;
      Row& row = rows[group_of(query, {{"source", fact.source}, {"kind", kind_name(fact.kind)}})];
      row.imported += n;
      row.anomalies += fact.fit == Fit::anomaly ? n : 0;
      row.unjudged += fact.fit == Fit::unjudged ? n : 0;
      row.disordered += fact.in_order ? 0 : n;
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      sheet.count("T15.imported", "Facts recorded elsewhere and taken in during the period", "events", row.imported);
      sheet.count("T15.imported.anomalies", "Of them, those that the state of their stream does not admit", "events", row.anomalies);
      sheet.count("T15.imported.unjudged", "Of them, those that only earlier events could tell: the audit judges them", "events", row.unjudged);
      sheet.count("T15.imported.disordered", "Of them, those whose own times are out of order", "events", row.disordered).note = "by more than the event's precision and the five minutes that two clocks may be apart";
    }
    return figures;
  }
};

}  // namespace

const Projection& imports() {
  static const Imports projection;
  return projection;
}

}  // namespace caseledger::projections
