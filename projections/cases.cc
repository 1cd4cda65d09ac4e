#include "projections/cases.h"

#include <algorithm>

#include "projections/case_phase.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::CaseOpened;

struct State {
  CasePhase phase;
  schema::CaseType type = schema::CaseType::unset;
  std::array<char, 8> state{};  // missing from: at most six characters, then zeros
  std::uint8_t spare[3] = {};
};
static_assert(std::has_unique_object_representations_v<State>);

std::string_view missing_from(const State& state) { return {state.state.data(), std::ranges::find(state.state, '\0')}; }

class Cases final : public Projection {
 public:
  std::string_view id() const override { return "cases"; }
  bool wants(Body type) const override { return moves_case(type); }

  void step(std::string& bytes, const Fact& fact) const override {
    State state = state_of<State>(bytes);
    if (bytes.empty()) {
      if (fact.event.version != 1 || fact.event.type != Body::CaseOpened) return;
      const auto& opened = fact.event.body<CaseOpened>();
      state.type = opened.case_type();
      const auto from = text_of(opened.missing_from()->state());
      std::copy_n(from.data(), std::min(from.size(), state.state.size()), state.state.data());
    }
    state.phase = after(state.phase, fact.event, fact.position);
    store_state(bytes, state);
  }

  void contribute(std::string_view bytes, const std::function<void(std::string_view, std::int64_t)>& add) const override {
    const auto state = state_of<State>(bytes);
    std::string key{static_cast<char>(state.phase.phase), static_cast<char>(state.type)};
    add(key += missing_from(state), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto rows = groups_for<std::int64_t>(query, {{"phase", ""}, {"case_type", ""}, {"jurisdiction", ""}});
    for (const auto& [key, count] : cells.all())
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
