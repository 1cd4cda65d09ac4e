#include "projections/families.h"

#include <array>
#include <map>

#include "projections/case_phase.h"
#include "projections/counts.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/sheet.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr char case_cell = 'c', service_cell = 's', consent_cell = 'k';
constexpr Micros contact_due = 24 * 3600 * Micros{1'000'000};

struct Contact {
  Micros opened = 0, contacted = 0;  // 0: the family has not been reached
};

struct Service {
  Month month = 0;
  FamilyService service = FamilyService::unset;
  FamilyAction action = FamilyAction::unset;
  bool minutes = false;  // it counts minutes, not services
};

struct Consent {
  Micros until = 0;  // 0: without end
  ConsentState state = ConsentState::unset;
  std::string scope;
};

struct OfCase {
  Contact contact;
  std::string services;  // counts
};

struct OfSubject {
  std::vector<Consent> consents;  // the last word on each scope
};

// The family is reached by a contact that it took.
void support(OfCase& file, const EventView& event, const FamilySupportRecorded& body) {
  const Micros at = moment_of(event).at;
  const bool taken = body.action() == FamilyAction::accepted || body.action() == FamilyAction::completed;
  if (body.service() == FamilyService::contact && taken && file.contact.contacted == 0) file.contact.contacted = at;
  Service service{.month = month_of(at), .service = body.service(), .action = body.action()};
  count(file.services, cell_key(service_cell, service));
  service.minutes = true;
  count(file.services, cell_key(service_cell, service), body.minutes().value_or(0));
}

void consent(OfSubject& subject, const ConsentRecorded& body) {
  for (const auto* scope : *body.scope()) {
    std::erase_if(subject.consents, [&](const Consent& each) { return each.scope == scope->string_view(); });
    subject.consents.push_back({.until = body.until().value_or(0), .state = body.state(), .scope = scope->str()});
  }
}

struct Row {
  std::array<std::int64_t, std::size_t(FamilyAction::MAX) + 1> actions{};
  std::int64_t minutes = 0, reunified = 0;
};

void write(Sheet& sheet, const Row& row) {
  const auto of = [&](FamilyAction action) { return row.actions[std::size_t(action)]; };
  sheet.count("T13.offered", "Services offered to families in the period", "services", of(FamilyAction::offered));
  sheet.count("T13.accepted", "Services accepted", "services", of(FamilyAction::accepted));
  sheet.count("T13.declined", "Services declined", "services", of(FamilyAction::declined));
  sheet.count("T13.completed", "Services completed", "services", of(FamilyAction::completed));
  const std::int64_t answered = of(FamilyAction::accepted) + of(FamilyAction::declined);
  sheet.share("T13.acceptance", "Accepted, of the services accepted or declined", of(FamilyAction::accepted), answered);
  sheet.count("T13.reunified", "Reunifications completed", "services", row.reunified);
  sheet.count("T13.minutes", "Minutes that the services state", "minutes", row.minutes);
}

void write_contact(Sheet& sheet, const Cells& cells, const FigureQuery& query) {
  const Window window = window_of(query);
  std::int64_t due = 0, in_time = 0;
  for (const auto& [key, n] : cells.counts()) {
    if (key[0] != case_cell) continue;
    const auto contact = unpacked<Contact>(std::string_view(key).substr(1));
    if (contact.opened == 0 || !window.holds(contact.opened) || contact.opened > query.as_of - contact_due) continue;
    due += n;
    in_time += contact.contacted != 0 && contact.contacted - contact.opened <= contact_due ? n : 0;
  }
  sheet.share("T13.contact_24h", "Families reached within 24 h, of the cases opened in the period and so long before the as-of", in_time, due).note =
      "reached: a contact that was accepted or completed";
}

struct Consents {
  std::int64_t given = 0, refused = 0, withdrawn = 0, lapsed = 0;
};

void add(Consents& row, const Consent& consent, std::int64_t n, Micros as_of) {
  switch (consent.state) {
    case ConsentState::unset: break;
    case ConsentState::given: (consent.until != 0 && consent.until <= as_of ? row.lapsed : row.given) += n; break;
    case ConsentState::refused: row.refused += n; break;
    case ConsentState::withdrawn: row.withdrawn += n; break;
  }
}

void write(Sheet& sheet, const Consents& row) {
  sheet.count("T13.consents.given", "Consents in force at the as-of, of each subject for each scope", "consents", row.given);
  sheet.count("T13.consents.lapsed", "Consents that ran out", "consents", row.lapsed);
  sheet.count("T13.consents.refused", "Consents refused", "consents", row.refused);
  sheet.count("T13.consents.withdrawn", "Consents withdrawn", "consents", row.withdrawn);
}

class Families final : public Projection {
 public:
  std::string_view id() const override { return "families"; }
  bool wants(Body type) const override { return is_among(type, {Body::CaseOpened, Body::FamilySupportRecorded, Body::ConsentRecorded}); }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const char letter = event.type == Body::ConsentRecorded ? consent_cell : case_cell;
    if (!state.empty() && state[0] != letter) return;
    const auto old = std::string_view(state).substr(state.empty() ? 0 : 1);
    if (letter == consent_cell) {
      auto subject = unpacked<OfSubject>(old);
      consent(subject, event.body<ConsentRecorded>());
      state = cell_key(consent_cell, subject);
      return;
    }
    auto file = unpacked<OfCase>(old);
    on<CaseOpened>(event, [&](const auto& body) {
      if (file.contact.opened == 0 && is_of_missing_child(body.case_type())) file.contact.opened = moment_of(event).at;
    });
    on<FamilySupportRecorded>(event, [&](const auto& body) { support(file, event, body); });
    state = cell_key(case_cell, file);
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (state[0] == consent_cell) {
      for (const Consent& each : unpacked<OfSubject>(state.substr(1)).consents) add(cell_key(consent_cell, each), 1);
      return;
    }
    const auto file = unpacked<OfCase>(state.substr(1));
    add(cell_key(case_cell, file.contact), 1);
    add_counts(file.services, add);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto services = groups_for<Row>(query, {{"service", ""}});
    auto consents = groups_for<Consents>(query, {{"scope", ""}});
    for (const auto& [key, n] : cells.counts()) {
      const auto rest = std::string_view(key).substr(1);
      if (key[0] == service_cell) {
        const auto service = unpacked<Service>(rest);
        if (!counts_month(query, service.month)) continue;
        Row& row = services[group_of(query, {{"service", EnumNameFamilyService(service.service)}})];
        if (service.minutes) row.minutes += n;
        else row.actions[std::size_t(service.action)] += n;
        if (!service.minutes && service.service == FamilyService::reunification && service.action == FamilyAction::completed) row.reunified += n;
      } else if (key[0] == consent_cell) {
        const auto consent = unpacked<Consent>(rest);
        add(consents[group_of(query, {{"scope", consent.scope}})], consent, n, query.as_of);
      }
    }
    std::vector<Figure> figures;
    const Group whole;
    Sheet all(whole, figures);
    write_contact(all, cells, query);
    for (const auto& [group, row] : services) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    for (const auto& [group, row] : consents) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    return figures;
  }
};

}  // namespace

const Projection& families() {
  static const Families projection;
  return projection;
}

}  // namespace caseledger::projections
