#include "projections/deployments.h"

#include <array>
#include <map>

#include "projections/decimal.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/rank.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr char deployment_cell = 'd', eligible_cell = 'e';

// Times are of the first event that says so; 0: not yet.
struct Deployment {
  Micros requested = 0, decided = 0, dispatched = 0, arrived = 0, ended = 0;
  std::uint32_t distance_m = 0, minutes_on_site = 0;
  std::uint8_t personnel = 0;  // most at any stage
  bool distance_known = false;
  DeploymentMode mode = DeploymentMode::unset;
  DeploymentDecision decision = DeploymentDecision::unset;
  DeploymentContribution contribution = DeploymentContribution::unset;
  std::string reason = {};     // of the decision
};

// A case of a type that deployments are meant for.
struct Eligible {
  Micros opened = 0;
};

constexpr bool is_eligible(CaseType type) { return type == CaseType::NFA || type == CaseType::CMYA; }

void first(Micros& time, Micros at) {
  if (time == 0) time = at;
}

void decide(Deployment& d, const DeploymentDecided& body) {
  first(d.decided, body.at());
  d.decision = body.decision();
  d.reason = text_of(body.reason_code());
}

void progress(Deployment& d, const DeploymentProgressed& body) {
  switch (body.stage()) {
    case DeploymentStage::unset:
    case DeploymentStage::active: break;
    case DeploymentStage::dispatched: first(d.dispatched, body.at()); break;
    case DeploymentStage::arrived: first(d.arrived, body.at()); break;
    case DeploymentStage::ended: first(d.ended, body.at()); break;
  }
  d.personnel = std::max(d.personnel, body.personnel());
  if (const auto distance = body.distance_m()) d.distance_m = *distance, d.distance_known = true;
  if (const auto minutes = body.minutes_on_site()) d.minutes_on_site = *minutes;
}

struct Row {
  explicit Row(Micros as_of) : to_decide(as_of), to_dispatch(as_of), to_arrive(as_of), on_site(as_of) {}

  std::int64_t requested = 0, arrived = 0, ended = 0, minutes = 0, personnel = 0;
  std::array<std::int64_t, std::size_t(DeploymentDecision::MAX) + 1> decided{};
  std::array<std::int64_t, std::size_t(DeploymentContribution::MAX) + 1> contributed{};
  std::vector<Counted> distances;
  Waits to_decide, to_dispatch, to_arrive, on_site;
};

void add(Row& row, const Deployment& d, std::int64_t n, Micros as_of) {
  const auto came = [&](Micros at) { return at != 0 && at <= as_of; };
  const auto decision = came(d.decided) ? d.decision : DeploymentDecision::unset;
  const Micros declined = decision == DeploymentDecision::declined ? d.decided : 0;
  const bool goes = d.mode == DeploymentMode::on_site && decision != DeploymentDecision::converted_virtual;
  row.requested += n;
  row.decided[std::size_t(decision)] += n;
  row.to_decide.add(d.requested, d.decided, 0, n);
  row.to_dispatch.add(d.requested, d.dispatched, declined, n);
  if (goes) row.to_arrive.add(d.requested, d.arrived, declined, n);
  if (came(d.arrived)) {
    row.arrived += n;
    row.on_site.add(d.arrived, d.ended, 0, n);
  }
  if (came(d.ended)) {
    row.ended += n;
    row.minutes += n * d.minutes_on_site;
    row.contributed[std::size_t(d.contribution)] += n;
  }
  row.personnel += n * d.personnel;
  if (d.distance_known) row.distances.push_back({d.distance_m, n});
}

void write(Sheet& sheet, const Row& row) {
  const auto decided = [&](DeploymentDecision d) { return row.decided[std::size_t(d)]; };
  const std::int64_t answered = row.requested - decided(DeploymentDecision::unset);
  sheet.count("T10.requested", "Deployments requested in the period", "deployments", row.requested);
  for (const auto decision : EnumValuesDeploymentDecision()) {
    const std::string name = EnumNameDeploymentDecision(decision);
    if (decision != DeploymentDecision::unset) sheet.share("T10." + name, "Of those decided: " + name, decided(decision), answered);
  }
  sheet.count("T10.undecided", "Of them, not decided", "deployments", decided(DeploymentDecision::unset));
  sheet.count("T10.arrived", "Of them, arrived", "deployments", row.arrived);
  sheet.count("T10.ended", "Of them, ended", "deployments", row.ended);
  write_waits(sheet, "T10.decision", "From request to decision", row.to_decide, {50, 90});
  write_waits(sheet, "T10.dispatch", "From request to dispatch, until declined", row.to_dispatch, {50, 90});
  write_waits(sheet, "T10.arrival", "From request to arrival of what goes on site, until declined", row.to_arrive, {50, 90});
  write_waits(sheet, "T10.on_site", "From arrival to end", row.on_site, {50, 90});
  for (const auto contribution : EnumValuesDeploymentContribution()) {
    const bool unset = contribution == DeploymentContribution::unset;
    const std::string name = unset ? "not_stated" : EnumNameDeploymentContribution(contribution);
    sheet.share("T10.contribution." + name, "Of those ended, contribution: " + name, row.contributed[std::size_t(contribution)], row.ended);
  }
  Figure& distance = sheet.add("T10.distance", "Distance travelled, median by nearest rank of those that state it", "m");
  distance.denominator = total(row.distances);
  if (row.distances.empty()) distance.flags.push_back("no_data");
  else distance.value = std::to_string(nearest_rank(row.distances, 50));
  sheet.count("T10.minutes", "Minutes on site of those ended", "minutes", row.minutes);
  sheet.count("T10.personnel", "People sent, most at any stage of each", "persons_sent", row.personnel);
}

void write_per_eligible(const FigureQuery& query, std::int64_t requested, std::int64_t eligible, std::vector<Figure>& figures) {
  if (!group_of(query, {{"mode", ""}, {"reason", ""}}).empty()) return;  // cases have neither
  const Group whole;
  Figure& figure = Sheet(whole, figures).add("T10.per_100_eligible", "Deployments requested per 100 eligible cases opened in the period", "per_hundred");
  figure.note = "eligible: nonfamily abductions and critically missing young adults";
  figure.numerator = requested;
  figure.denominator = eligible;
  if (eligible == 0) figure.flags.push_back("no_data");
  else figure.value = (Decimal(requested) * 100 / eligible).fixed();
}

class Deployments final : public Projection {
 public:
  std::string_view id() const override { return "deployments"; }
  bool wants(Body type) const override {
    using enum Body;
    return is_among(type, {DeploymentRequested, DeploymentDecided, DeploymentProgressed, DeploymentOutcomeRecorded, CaseOpened});
  }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    if (state.empty()) {
      on<CaseOpened>(event, [&](const auto& body) {
        if (is_eligible(body.case_type())) state = cell_key(eligible_cell, Eligible{.opened = moment_of(event).at});
      });
      on<DeploymentRequested>(event, [&](const auto& body) { state = cell_key(deployment_cell, Deployment{.requested = body.at(), .mode = body.mode()}); });
    } else if (state[0] == deployment_cell) {
      auto d = unpacked<Deployment>(std::string_view(state).substr(1));
      on<DeploymentDecided>(event, [&](const auto& body) { decide(d, body); });
      on<DeploymentProgressed>(event, [&](const auto& body) { progress(d, body); });
      on<DeploymentOutcomeRecorded>(event, [&](const auto& body) { d.contribution = body.contribution(); });
      state = cell_key(deployment_cell, d);
    }
  }

  void contribute(std::string_view state, const Share& add) const override { add(state, 1); }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    std::map<Group, Row> rows;
    const auto row_of = [&](const Deployment& d) -> Row& {
      const std::string reason = d.reason.empty() ? "undecided" : d.reason;
      return rows.try_emplace(group_of(query, {{"mode", name_or_number(d.mode, EnumNameDeploymentMode)}, {"reason", reason}}), query.as_of).first->second;
    };
    if (group_of(query, {{"mode", ""}, {"reason", ""}}).empty()) row_of({});
    std::int64_t requested = 0, eligible = 0;
    for (const auto& [key, n] : cells.counts()) {
      const auto rest = std::string_view(key).substr(1);
      if (key[0] == eligible_cell) {
        if (window.holds(unpacked<Eligible>(rest).opened)) eligible += n;
      } else if (const auto d = unpacked<Deployment>(rest); window.holds(d.requested)) {
        requested += n;
        add(row_of(d), d, n, query.as_of);
      }
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    write_per_eligible(query, requested, eligible, figures);
    return figures;
  }
};

}  // namespace

const Projection& deployments() {
  static const Deployments projection;
  return projection;
}

}  // namespace caseledger::projections
