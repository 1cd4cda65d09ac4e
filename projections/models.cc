#include "projections/models.h"

#include <map>

#include "ledger/core/wide.h"
#include "projections/moment.h"
#include "projections/packed.h"
#include "projections/sheet.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::ModelEvaluated;

// The last word on one version and one dataset.
struct Evaluation {
  Micros at = 0;
  std::uint64_t tp = 0, fp = 0, fn = 0, tn = 0;  // true and false positives and negatives
  std::string version, dataset;
};

struct Evaluated {
  StreamId model;
  Evaluation evaluation;
};

struct Row {
  Wide tp = 0, fp = 0, fn = 0, tn = 0;

  void add(const Evaluation& e, std::int64_t n) {
    const auto times = static_cast<std::uint64_t>(n);
    tp += Wide{e.tp} * times, fp += Wide{e.fp} * times, fn += Wide{e.fn} * times, tn += Wide{e.tn} * times;
  }

  void write(Sheet& sheet) const {
    share(sheet, "T3.models.precision", "Found rightly, of what the model found", tp, tp + fp);
    share(sheet, "T3.models.recall", "Found rightly, of what there was to find", tp, tp + fn);
    share(sheet, "T3.models.accuracy", "Judged rightly, of all that the model was shown", tp + tn, tp + fp + fn + tn);
  }

  static void share(Sheet& sheet, std::string id, std::string title, Wide part, Wide whole) {
    if (const auto all = exact(whole)) sheet.share(std::move(id), std::move(title), static_cast<std::int64_t>(part), *all);
    else sheet.add(std::move(id), std::move(title), "ratio").flags.push_back("too_large");
  }
};

class Models final : public Projection {
 public:
  std::string_view id() const override { return "models"; }
  bool wants(Body type) const override { return type == Body::ModelEvaluated; }

  void step(std::string& state, const Fact& fact) const override {
    const auto& body = fact.event.body<ModelEvaluated>();
    Evaluation fresh{.at = moment_of(fact.event).at, .tp = body.tp(), .fp = body.fp(), .fn = body.fn(), .tn = body.tn(),
                     .version = std::string(text_of(body.version())), .dataset = std::string(text_of(body.dataset_id()))};
    auto all = unpacked<std::vector<Evaluation>>(state);
    std::erase_if(all, [&](const Evaluation& each) { return each.version == fresh.version && each.dataset == fresh.dataset; });
    all.push_back(std::move(fresh));
    pack(state, all);
  }

  void contribute(std::string_view state, const Share& add) const override {
    for (const Evaluation& each : unpacked<std::vector<Evaluation>>(state)) add(packed(Evaluated{add.stream(), each}), 1);
  }

  // What models of one purpose say does not speak for those of another: rates are told by version, and never over all of them.
  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    std::map<std::string, Row> rows;
    std::int64_t evaluations = 0;
    for (const auto& [key, n] : cells.counts()) {
      const auto [model, evaluation] = unpacked<Evaluated>(key);
      if (!window.holds(evaluation.at)) continue;
      evaluations += n;
      rows[to_string(model) + '/' + evaluation.version].add(evaluation, n);
    }
    std::vector<Figure> figures;
    const Group whole;
    Sheet(whole, figures).count("T3.models", "Evaluations of models made in the period, of each version on each dataset the last", "evaluations", evaluations);
    for (const auto& [version, row] : rows) {
      const Group group{{"model", version}};
      Sheet sheet(group, figures);
      row.write(sheet);
    }
    return figures;
  }
};

}  // namespace

const Projection& models() {
  static const Models projection;
  return projection;
}

}  // namespace caseledger::projections
