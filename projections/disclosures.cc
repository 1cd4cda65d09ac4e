#include "projections/disclosures.h"

#include "projections/counts.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr char view_cell = 'v', handed_cell = 'd';

struct View {
  Month month = 0;
  bool by_owner = false, of_parts = false;
  std::string purpose;
};

struct Handed {
  Month month = 0;
  bool with_digest = false;
  std::string reason;
};

struct Views {
  std::int64_t all = 0, by_others = 0, of_parts = 0, without_purpose = 0;
};

struct HandedOut {
  std::int64_t all = 0, with_digest = 0;
};

class Disclosures final : public Projection {
 public:
  std::string_view id() const override { return "disclosures"; }
  bool wants(Body type) const override { return type == Body::RecordViewed || type == Body::DisseminationLogged; }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    on<RecordViewed>(event, [&](const auto& body) {
      const View view{.month = month_of(moment_of(event).at),
                      .by_owner = body.is_owner(),
                      .of_parts = body.parts() && body.parts()->size() > 0,
                      .purpose = std::string(text_of(event.fields->purpose()))};
      count(state, cell_key(view_cell, view));
    });
    on<DisseminationLogged>(event, [&](const auto& body) {
      const Handed out{.month = month_of(body.at()), .with_digest = body.package_sha256() != nullptr, .reason = std::string(text_of(body.reason_code()))};
      count(state, cell_key(handed_cell, out));
    });
  }

  void contribute(std::string_view state, const Share& add) const override { add_counts(state, add); }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto views = groups_for<Views>(query, {{"purpose", ""}});
    auto handed = groups_for<HandedOut>(query, {{"reason", ""}});
    for (const auto& [key, n] : cells.counts()) {
      const auto rest = std::string_view(key).substr(1);
      if (key[0] == view_cell) {
        const auto view = unpacked<View>(rest);
        if (!counts_month(query, view.month)) continue;
        Views& row = views[group_of(query, {{"purpose", view.purpose.empty() ? "none" : view.purpose}})];
        row.all += n;
        row.by_others += view.by_owner ? 0 : n;
        row.of_parts += view.of_parts ? n : 0;
        row.without_purpose += view.purpose.empty() ? n : 0;
      } else if (const auto out = unpacked<Handed>(rest); counts_month(query, out.month)) {
        HandedOut& row = handed[group_of(query, {{"reason", out.reason}})];
        row.all += n;
        row.with_digest += out.with_digest ? n : 0;
      }
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : views) {
      Sheet sheet(group, figures);
      sheet.count("T16.views", "Views of records in the period", "views", row.all);
      sheet.share("T16.views.by_others", "Of them, by readers whose organisation does not hold the record", row.by_others, row.all);
      sheet.share("T16.views.of_parts", "Of them, those that opened sealed parts", row.of_parts, row.all);
      sheet.count("T16.views.without_purpose", "Views without a purpose: has to be 0", "views", row.without_purpose);
    }
    for (const auto& [group, row] : handed) {
      Sheet sheet(group, figures);
      sheet.count("T16.disseminations", "Data given out of the ledger in the period", "disseminations", row.all);
      sheet.share("T16.disseminations.with_digest", "Of them, those with the digest of what was given", row.with_digest, row.all);
    }
    return figures;
  }
};

}  // namespace

const Projection& disclosures() {
  static const Disclosures projection;
  return projection;
}

}  // namespace caseledger::projections
