#include "projections/tips.h"

#include <array>
#include <map>
#include <set>

#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr char tip_cell = 't', lead_cell = 'l';

struct Tip {
  StreamId stream;
  Micros received = 0, assessed = 0;  // assessed: for the first time; 0: not yet
  TipOutcome outcome = TipOutcome::unset;
  Channel channel = Channel::unset;
  Level urgency = Level::unset;
  bool anonymous = false, of_case = false;
};

struct Lead {
  StreamId from;  // the stream it came from
  Micros created = 0, disposed = 0;  // 0, or for good
  LeadSource source = LeadSource::unset;
  LeadDisposition disposition = LeadDisposition::unset;
};

void dispose(Lead& lead, const EventView& event, const LeadDispositioned& body) {
  lead.disposition = body.disposition();
  lead.disposed = lead.disposition == LeadDisposition::pending ? 0 : moment_of(event).at;
}

struct TipRow {
  explicit TipRow(Micros as_of) : to_assess(as_of) {}

  std::int64_t received = 0, anonymous = 0, of_case = 0, assessed = 0, led = 0, contributed = 0;
  std::array<std::int64_t, std::size_t(TipOutcome::MAX) + 1> outcomes{};
  Waits to_assess;
};

struct LeadRow {
  explicit LeadRow(Micros as_of) : to_dispose(as_of) {}

  std::int64_t created = 0;
  std::array<std::int64_t, std::size_t(LeadDisposition::MAX) + 1> dispositions{};
  Waits to_dispose;
};

// The tips that leads came from, and those whose lead contributed to a recovery.
struct LedBy {
  std::set<StreamId> led, contributed;
};

void add(TipRow& row, const Tip& tip, const LedBy& by, Micros as_of) {
  const bool assessed = tip.assessed != 0 && tip.assessed <= as_of;
  ++row.received;
  row.anonymous += tip.anonymous;
  row.of_case += tip.of_case;
  row.assessed += assessed;
  if (assessed) ++row.outcomes[std::size_t(tip.outcome)];
  row.led += by.led.contains(tip.stream);
  row.contributed += by.contributed.contains(tip.stream);
  row.to_assess.add(tip.received, tip.assessed, 0, 1);
}

void write(Sheet& sheet, const TipRow& row) {
  sheet.count("T12.tips", "Tips received in the period", "tips", row.received);
  sheet.share("T12.anonymous", "Of them, anonymous", row.anonymous, row.received);
  sheet.share("T12.with_case", "Of them, about a case we know", row.of_case, row.received);
  write_waits(sheet, "T12.assessment", "From a tip to its assessment", row.to_assess, {50, 90});
  sheet.count("T12.unassessed", "Of them, not assessed", "tips", row.received - row.assessed);
  for (const auto outcome : EnumValuesTipOutcome())
    if (outcome != TipOutcome::unset)
      sheet.share(std::string("T12.outcome.") + EnumNameTipOutcome(outcome), std::string("Of the assessed tips, outcome: ") + EnumNameTipOutcome(outcome),
                  row.outcomes[std::size_t(outcome)], row.assessed);
  sheet.share("T12.led", "Of the tips of the period, those that a lead was created from", row.led, row.received);
  sheet.share("T12.contributed", "Of the tips of the period, those whose lead contributed to a recovery", row.contributed, row.received);
}

void write(Sheet& sheet, const LeadRow& row) {
  sheet.count("T12.leads", "Leads created in the period", "leads", row.created);
  for (const auto disposition : EnumValuesLeadDisposition()) {
    const std::string name = disposition == LeadDisposition::unset ? "undisposed" : EnumNameLeadDisposition(disposition);
    sheet.share("T12.leads." + name, "Of the leads created in the period: " + name, row.dispositions[std::size_t(disposition)], row.created);
  }
  write_waits(sheet, "T12.leads.disposition", "From a lead to its disposition", row.to_dispose, {50, 90});
}

class Tips final : public Projection {
 public:
  std::string_view id() const override { return "tips"; }
  bool wants(Body type) const override { return is_among(type, {Body::TipReceived, Body::TipAssessed, Body::LeadCreated, Body::LeadDispositioned}); }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    if (state.empty()) {
      on<TipReceived>(event, [&](const auto& body) {
        state = cell_key(tip_cell, Tip{.stream = event.stream, .received = body.received_at(), .channel = body.channel(), .urgency = body.urgency(),
                                       .anonymous = body.anonymous(), .of_case = body.case_id() != nullptr});
      });
      on<LeadCreated>(event, [&](const auto& body) {
        state = cell_key(lead_cell, Lead{.from = uuid_of(body.source_event_id()->stream()), .created = moment_of(event).at, .source = body.source()});
      });
    } else if (state[0] == tip_cell && event.type == Body::TipAssessed) {
      auto tip = unpacked<Tip>(std::string_view(state).substr(1));
      const auto& body = event.body<TipAssessed>();
      tip.outcome = body.outcome();
      if (tip.assessed == 0) tip.assessed = body.at();
      state = cell_key(tip_cell, tip);
    } else if (state[0] == lead_cell && event.type == Body::LeadDispositioned) {
      auto lead = unpacked<Lead>(std::string_view(state).substr(1));
      dispose(lead, event, event.body<LeadDispositioned>());
      state = cell_key(lead_cell, lead);
    }
  }

  void contribute(std::string_view state, const Share& add) const override { add(state, 1); }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    std::map<Group, TipRow> tips;
    std::map<Group, LeadRow> leads;
    const auto tip_row = [&](const Tip& tip) -> TipRow& {
      return tips.try_emplace(group_of(query, {{"channel", EnumNameChannel(tip.channel)}, {"urgency", EnumNameLevel(tip.urgency)}}), query.as_of).first->second;
    };
    const auto lead_row = [&](const Lead& lead) -> LeadRow& {
      return leads.try_emplace(group_of(query, {{"source", EnumNameLeadSource(lead.source)}}), query.as_of).first->second;
    };
    if (group_of(query, {{"channel", ""}, {"urgency", ""}}).empty()) tip_row({});
    if (group_of(query, {{"source", ""}}).empty()) lead_row({});

    LedBy by;
    for (const auto& [key, n] : cells.counts()) {
      if (key[0] != lead_cell) continue;
      const auto lead = unpacked<Lead>(std::string_view(key).substr(1));
      if (lead.created > query.as_of) continue;
      const bool disposed = lead.disposition == LeadDisposition::pending || (lead.disposed != 0 && lead.disposed <= query.as_of);
      const auto disposition = disposed ? lead.disposition : LeadDisposition::unset;
      by.led.insert(lead.from);
      if (disposition == LeadDisposition::contributed_to_recovery) by.contributed.insert(lead.from);
      if (!window.holds(lead.created)) continue;
      LeadRow& row = lead_row(lead);
      row.created += n;
      row.dispositions[std::size_t(disposition)] += n;
      row.to_dispose.add(lead.created, lead.disposed, 0, n);
    }
    for (const auto& [key, n] : cells.counts()) {
      if (key[0] != tip_cell) continue;
      if (const auto tip = unpacked<Tip>(std::string_view(key).substr(1)); window.holds(tip.received)) add(tip_row(tip), tip, by, query.as_of);
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : tips) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    for (const auto& [group, row] : leads) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    return figures;
  }
};

}  // namespace

const Projection& tips() {
  static const Tips projection;
  return projection;
}

}  // namespace caseledger::projections
