#include "projections/expedited.h"

#include "projections/days.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/rows.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::ExpediteReason;

struct Asked {
  static constexpr char sort = 'a';
  Day day = 0;
  ExpediteReason reason = ExpediteReason::unset;
  bool granted = false;
  schema::RequesterClass requester = schema::RequesterClass::unset;
  std::string clause, jurisdiction;
};

// Attention or rank, and nothing about the child.
bool is_no_policy(ExpediteReason reason) {
  switch (reason) {
    case ExpediteReason::media:
    case ExpediteReason::executive:
    case ExpediteReason::partner: return true;
    case ExpediteReason::unset:
    case ExpediteReason::imminent_danger:
    case ExpediteReason::age_lt_12:
    case ExpediteReason::abduction:
    case ExpediteReason::leo_request:
    case ExpediteReason::court:
    case ExpediteReason::family_request:
    case ExpediteReason::other: return false;
  }
  return false;
}

struct Row {
  std::int64_t all = 0, granted = 0, granted_for_no_policy = 0;

  void add(const Asked& asked, std::int64_t n) {
    all += n;
    if (!asked.granted) return;
    granted += n;
    if (is_no_policy(asked.reason)) granted_for_no_policy += n;
  }
  void write(Sheet& sheet) const {
    sheet.count("T4.requests", "Requests to put an item first", "requests", all);
    sheet.share("T4.granted", "Of the requests to put an item first, those granted", granted, all);
    sheet.share("T4.non_policy", "Of the requests granted, those for the media, an executive or a partner", granted_for_no_policy, granted);
  }
};

class Expedited final : public Projection {
 public:
  std::string_view id() const override { return "expedited"; }
  bool wants(Body type) const override { return type == Body::TriageExpedited; }

  void step(std::string& state, const Fact& fact) const override {
    const auto& body = fact.event.body<schema::TriageExpedited>();
    auto all = unpacked<std::vector<Asked>>(state);
    all.push_back({.day = day_of(moment_of(fact.event).at),
                   .reason = body.reason_code(),
                   .granted = body.granted(),
                   .requester = body.requester_class(),
                   .clause = std::string(text_of(body.policy_clause())),
                   .jurisdiction = std::string(text_of(fact.event.fields->jurisdiction()))});
    pack(state, all);
  }

  void contribute(std::string_view state, const Share& add) const override {
    for (const Asked& asked : unpacked<std::vector<Asked>>(state)) add(cell_key(asked), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    std::string requester;
    auto rows = rows_of<Row>(query, Asked{}, [&](const Asked& asked) {
      requester = name_or_number(asked.requester, schema::EnumNameRequesterClass);
      return dimensions({{"requester_class", requester},
                         {"reason", schema::EnumNameExpediteReason(asked.reason)},
                         {"clause", asked.clause},
                         {"jurisdiction", asked.jurisdiction}});
    });
    for (const auto& [key, n] : cells.counts())
      if (const auto asked = cell_of<Asked>(key); asked && counts_day(query, asked->day)) rows.add(*asked, n);
    std::vector<Figure> figures;
    rows.write(figures);
    define_by_days(query, figures);
    return figures;
  }
};

}  // namespace

const Projection& expedited() {
  static const Expedited projection;
  return projection;
}

}  // namespace caseledger::projections
