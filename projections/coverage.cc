#include "projections/coverage.h"

#include "projections/counties.h"
#include "projections/coverage_row.h"
#include "projections/packed.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::CoverageSnapshotTaken;

template <class Number>
std::optional<Number> stated(const flatbuffers::Optional<Number>& number) {
  return number ? std::optional<Number>(*number) : std::nullopt;
}

Snapshot snapshot_of(const CoverageSnapshotTaken& body) {
  return {.as_of = body.as_of(),
          .reads = stated(body.reads_30d()),
          .hits = stated(body.hits_30d()),
          .road_m = stated(body.road_m()),
          .cameras = stated(body.cameras()),
          .active = stated(body.cameras_active()),
          .sharing = stated(body.sharing_orgs()),
          .population = stated(body.population()),
          .retention_days = stated(body.retention_days()),
          .jurisdiction = one_name(text_of(body.jurisdiction()))};
}

class Coverage final : public Projection {
 public:
  std::string_view id() const override { return "coverage"; }
  unsigned version() const override { return 2; }
  bool wants(Body type) const override { return type == Body::CoverageSnapshotTaken; }

  // Newest is what was taken last, not what was recorded last.
  void step(std::string& state, const Fact& fact) const override {
    const Snapshot next = snapshot_of(fact.event.body<CoverageSnapshotTaken>());
    if (state.empty() || unpacked<Snapshot>(state).as_of <= next.as_of) pack(state, next);
  }

  void contribute(std::string_view state, const Share& add) const override { add(state, 1); }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return coverage_figures(cells, query); }
};

}  // namespace

const Projection& coverage() {
  static const Coverage projection;
  return projection;
}

}  // namespace caseledger::projections
