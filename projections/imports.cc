#include "projections/imports.h"

#include "ledger/rules/rules.h"
#include "projections/counts.h"
#include "projections/packed.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using namespace schema;

enum class Fit : std::uint8_t { fits, anomaly, unjudged };

struct Import {
  Month month = 0;  // when it was recorded here
  StreamKind kind = StreamKind::unset;
  Fit fit = Fit::fits;
  std::string source;
};

// What the rules remember of the stream, without its end of zeros: of most streams two bytes. Then what was imported into it.
struct Stream {
  std::string rules;
  std::string counts;
};

rules::StreamState unfolded(const std::string& bytes, Version version) {
  rules::StreamState state{};
  ENSURE(bytes.size() <= sizeof state);
  std::memcpy(&state, bytes.data(), bytes.size());
  state.version = version;
  return state;
}

std::string folded(rules::StreamState state) {
  state.version = 0;
  state.last = {};
  std::string bytes(reinterpret_cast<const char*>(&state), sizeof state);
  bytes.resize(bytes.find_last_not_of('\0') + 1);
  return bytes;
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
  std::int64_t imported = 0, anomalies = 0, unjudged = 0;
};

class Imports final : public Projection {
 public:
  std::string_view id() const override { return "imports"; }
  bool wants(Body type) const override { return type != Body::NONE; }

  void step(std::string& bytes, const Fact& fact) const override {
    const EventView& event = fact.event;
    auto stream = unpacked<Stream>(bytes);
    const rules::StreamState before = unfolded(stream.rules, event.version - 1);
    if (const auto* imported = event.fields->imported()) {
      const Import taken{.month = month_of(fact.recorded_at), .kind = event.kind, .fit = judge(before, fact), .source = std::string(text_of(imported->source()))};
      count(stream.counts, packed(taken));
    }
    stream.rules = folded(rules::apply(before, event, fact.position));
    bytes = packed(stream);
  }

  void contribute(std::string_view bytes, const Share& add) const override {
    add_counts(unpacked<Stream>(bytes).counts, add);
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
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      sheet.count("T15.imported", "Facts recorded elsewhere and taken in during the period", "events", row.imported);
      sheet.count("T15.imported.anomalies", "Of them, those that the state of their stream does not admit", "events", row.anomalies);
      sheet.count("T15.imported.unjudged", "Of them, those that only earlier events could tell: the audit judges them", "events", row.unjudged);
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
