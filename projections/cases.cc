#include "projections/cases.h"

#include "projections/case_phase.h"
#include "projections/packed.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::CaseOpened;

struct State {
  CasePhase phase;
  schema::CaseType type = schema::CaseType::unset;
  std::string missing_from;
};

class Cases final : public Projection {
 public:
  std::string_view id() const override { return "cases"; }
  unsigned version() const override { return 2; }
  bool wants(Body type) const override { return moves_case(type); }

  void step(std::string& bytes, const Fact& fact) const override {
    auto state = unpacked<State>(bytes);
    if (bytes.empty()) {
      if (fact.event.version != 1 || fact.event.type != Body::CaseOpened) return;
      const auto& opened = fact.event.body<CaseOpened>();
      state.type = opened.case_type();
      state.missing_from = text_of(opened.missing_from()->state());
    }
    state.phase = after(state.phase, fact.event, fact.position);
    pack(bytes, state);
  }

  void contribute(std::string_view bytes, const Share& add) const override {
    const auto state = unpacked<State>(bytes);
    std::string key{static_cast<char>(state.phase.phase), static_cast<char>(state.type)};
    add(key += state.missing_from, 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto rows = groups_for<std::int64_t>(query, {{"phase", ""}, {"case_type", ""}, {"jurisdiction", ""}});
    for (const auto& [key, count] : cells.counts())
      rows[group_of(query, {{"phase", rules::name(static_cast<rules::Phase>(key[0]))},
                            {"case_type", schema::EnumNameCaseType(static_cast<schema::CaseType>(key[1]))},
                            {"jurisdiction", std::string_view(key).substr(2)}})] += count;
    std::vector<Figure> figures;
    for (const auto& [group, count] : rows) Sheet(group, figures).count("cases", "Cases on record", "cases", count);
    return figures;
  }
};

}  // namespace

const Projection& cases() {
  static const Cases projection;
  return projection;
}

}  // namespace caseledger::projections
