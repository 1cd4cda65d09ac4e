#include "projections/cybertipline.h"

#include "projections/counts.h"
#include "projections/item_type.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/rows.h"

namespace caseledger::projections {

namespace {

using namespace schema;

using Code = std::array<char, 2>;  // a country's or a state's; zeros: none

Code code_of(std::string_view text) { return text.size() < 2 ? Code{} : Code{text[0], text[1]}; }
std::string_view text_of(const Code& code) { return {code.data(), code[0] == 0 ? std::size_t{0} : code.size()}; }

// What the stream of a report or of a referral leaves. The month is that of the receipt, or of the making.
struct Report {
  Month month = 0;
  bool by_public = false;
  IncidentType type = IncidentType::unset;
  Code country{}, place{}, state{};  // listed; determined
  std::uint32_t images = 0, videos = 0, other_files = 0;

  void lies_in(std::string_view jurisdiction) {
    place = code_of(jurisdiction);
    state = jurisdiction.starts_with("US-") ? code_of(jurisdiction.substr(3)) : Code{};
  }
};
struct Referral {
  Month month = 0, heard = 0;
  RecipientClass recipient = RecipientClass::unset;
  bool actionable = false, has_feedback = false;
};

// The cells, each with its numbers in slots.
enum FileType : Slot { images = 1, videos, other_files };
struct ReportCell {
  static constexpr char sort = 'r';
  Month month = 0;
  bool by_public = false;
  IncidentType type = IncidentType::unset;
  Code place{};
};
struct CountryCell {
  static constexpr char sort = 'c';
  Month month = 0;
  Code country{};
};
struct StateCell {
  static constexpr char sort = 's';
  Month month = 0;
  Code state{};
};
struct ReferralCell {
  static constexpr char sort = 'f';
  Month month = 0;
  RecipientClass recipient = RecipientClass::unset;
  bool actionable = false;
};
struct FeedbackCell {
  static constexpr char sort = 'b';
  Month month = 0;
  RecipientClass recipient = RecipientClass::unset;
};

constexpr Code united_states{'U', 'S'}, anywhere_abroad{'*', '*'};

std::string_view location_of(const Code& place) { return place == Code{} ? "unknown" : place == united_states ? "us" : "international"; }

Report received(const CtrIngested& body, Micros at) {
  Report report;
  report.month = month_of(at);
  report.by_public = body.reporter_class() == ReporterClass::public_;
  report.type = body.incident_type();
  if (const auto* listed = body.geo_countries(); listed && listed->size() > 0) report.country = code_of(caseledger::text_of(listed->Get(0)));
  report.images = body.images();
  report.videos = body.videos();
  report.other_files = body.other_files();
  return report;
}

// A count of things that can be split, under one id.
struct Row {
  std::string id, title, unit;
  std::int64_t n = 0;

  template <class Cell>
  void add(const Cell&, std::int64_t more) { n += more; }
  void write(Sheet& sheet) const { sheet.count(id, title, unit, n); }
};

// The rows of one figure over one sort of cells: what each cell counts is in the slot.
template <class Cell, class DimensionsOf>
void write_figure(const Cells& cells, const FigureQuery& query, Slot slot, Row blank, DimensionsOf dimensions_of, std::vector<Figure>& figures) {
  auto rows = rows_of<Row>(query, Cell{}, dimensions_of, std::move(blank));
  for (const auto& [key, sums] : cells.all())
    if (const auto cell = cell_of<Cell>(key); cell && counts_month(query, cell->month)) rows.add(*cell, sums.at(slot));
  rows.write(figures);
}

class CyberTipline final : public Projection {
 public:
  std::string_view id() const override { return "cybertipline"; }

  bool wants(Body type) const override {
    return is_among(type, {Body::CtrIngested, Body::JurisdictionDetermined, Body::ReferralMade, Body::ReferralFeedbackReceived});
  }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const Micros at = moment_of(event).at;
    on<CtrIngested>(event, [&](const auto& body) {
      Report report = received(body, at);
      report.lies_in(caseledger::text_of(event.fields->jurisdiction()));
      state = 'r' + packed(report);
    });
    on<ReferralMade>(event, [&](const auto& body) {
      state = 'f' + packed(Referral{month_of(at), 0, body.recipient_class(), body.designation() == Designation::referral, false});
    });
    if (state.empty()) return;  // of a case, or what an import left without its beginning
    const std::string_view told = std::string_view(state).substr(1);
    if (event.type == Body::JurisdictionDetermined && state[0] == 'r') {
      const auto& body = event.body<JurisdictionDetermined>();
      if (body.item_ref() && uuid_of(body.item_ref()->stream()) != event.stream) return;
      auto report = unpacked<Report>(told);
      report.lies_in(caseledger::text_of(body.jurisdictions()->Get(0)));
      state = 'r' + packed(report);
    }
    if (event.type == Body::ReferralFeedbackReceived && state[0] == 'f') {
      auto referral = unpacked<Referral>(told);
      if (!referral.has_feedback) referral.heard = month_of(at);
      referral.has_feedback = true;
      state = 'f' + packed(referral);
    }
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (state[0] == 'f') {
      const auto referral = unpacked<Referral>(state.substr(1));
      add(cell_key(ReferralCell{referral.month, referral.recipient, referral.actionable}), 1);
      if (referral.has_feedback) add(cell_key(FeedbackCell{referral.heard, referral.recipient}), 1);
      return;
    }
    const auto report = unpacked<Report>(state.substr(1));
    const Number counts[] = {{0, 1}, {images, report.images}, {videos, report.videos}, {other_files, report.other_files}};
    const bool abroad = report.place != united_states && report.place != Code{};
    add(cell_key(ReportCell{report.month, report.by_public, report.type, abroad ? anywhere_abroad : report.place}), counts);
    add(cell_key(CountryCell{report.month, report.country}), 1);
    if (report.place == united_states) add(cell_key(StateCell{report.month, report.state}), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    std::vector<Figure> all;
    const auto reports = [&](std::string_view id, std::string_view title, auto dimensions_of) {
      write_figure<ReportCell>(cells, query, 0, {std::string(id), std::string(title), "reports"}, dimensions_of, all);
    };
    reports("CT.reports", "CyberTipline reports received", [](const ReportCell& r) { return dimensions({{"source", r.by_public ? "public" : "esp"}}); });
    reports("CT.user_location", "CyberTipline reports by where the user is",
            [](const ReportCell& r) { return dimensions({{"user_location", location_of(r.place)}}); });
    reports("CT.incident_type", "CyberTipline reports by incident type at intake",
            [](const ReportCell& r) { return dimensions({{"incident_type", name(ItemType::from(r.type))}}); });
    files(cells, query, all);
    write_figure<CountryCell>(cells, query, 0, {"CT.country", "CyberTipline reports by the country they list", "reports"},
                              [](const CountryCell& r) { return dimensions({{"country", r.country == Code{} ? "not_listed" : text_of(r.country)}}); }, all);
    states(cells, query, all);
    write_figure<ReferralCell>(cells, query, 0, {"CT.referrals", "Reports made available, once for each recipient", "referrals"},
                               [](const ReferralCell& r) {
                                 return dimensions({{"recipient_class", EnumNameRecipientClass(r.recipient)}, {"detail", r.actionable ? "actionable" : "informational"}});
                               }, all);
    write_figure<FeedbackCell>(cells, query, 0, {"CT.feedback", "Referrals that the recipient gave feedback on", "referrals"},
                               [](const FeedbackCell& r) { return dimensions({{"recipient_class", EnumNameRecipientClass(r.recipient)}}); }, all);
    return all;
  }

 private:
  static void files(const Cells& cells, const FigureQuery& query, std::vector<Figure>& all) {
    struct OfType {
      std::string_view type;
    };
    auto rows = rows_of<Row>(query, OfType{}, [](const OfType& file) { return dimensions({{"file_type", file.type}}); },
                             Row{"CT.files", "Files of CyberTipline reports", "files"});
    for (const auto& [key, sums] : cells.all())
      if (const auto cell = cell_of<ReportCell>(key); cell && counts_month(query, cell->month))
        for (const auto& [type, slot] : {std::pair{"image", images}, {"video", videos}, {"other", other_files}}) rows.add(OfType{type}, sums.at(slot));
    rows.write(all);
  }

  // A state's code as ISO 3166-2 has it.
  static void states(const Cells& cells, const FigureQuery& query, std::vector<Figure>& all) {
    struct InState {
      std::string name;
    };
    auto rows = rows_of<Row>(query, InState{}, [](const InState& in) { return dimensions({{"state", in.name}}); },
                             Row{"CT.state", "CyberTipline reports with a user in the U.S., by state", "reports"});
    for (const auto& [key, sums] : cells.all())
      if (const auto cell = cell_of<StateCell>(key); cell && counts_month(query, cell->month))
        rows.add(InState{cell->state == Code{} ? "not_stated" : "US-" + std::string(text_of(cell->state))}, sums.at(0));
    rows.write(all);
  }
};

}  // namespace

const Projection& cybertipline() {
  static const CyberTipline projection;
  return projection;
}

}  // namespace caseledger::projections
