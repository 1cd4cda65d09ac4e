// A `report`: who it is about becomes personal data, everything else the body of CtrIngested.
#include <algorithm>

#include "api/import/cybertip_values.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;
using schema::ReportField;

// The incidentType of the XSD, in its order; the schema's numbers follow it.
constexpr std::string_view incident_types[] = {
    "Child Pornography (possession, manufacture, and distribution)", "Child Sex Trafficking", "Child Sex Tourism", "Child Sexual Molestation",
    "Misleading Domain Name", "Misleading Words or Digital Images on the Internet", "Online Enticement of Children for Sexual Acts",
    "Unsolicited Obscene Material Sent to a Child"};
static_assert(std::size(incident_types) == static_cast<std::size_t>(schema::IncidentType::unsolicited_obscene_material));

constexpr std::pair<std::string_view, std::string_view> annotations[] = {
    {"sextortion", "sextortion"}, {"csamSolicitation", "csam_solicitation"}, {"minorToMinorInteraction", "minor_to_minor_interaction"},
    {"spam", "spam"}, {"sadisticOnlineExploitation", "sadistic_online_exploitation"}, {"informational", "informational"}};

struct Role {
  std::string_view element, field;
  bool child_sensitive;
};
constexpr Role roles[] = {{"personOrUserReported", "reported_person", false}, {"intendedRecipient", "intended_recipient", true}, {"victim", "victim", true}};

constexpr std::string_view identifying[] = {"personOrUserReportedPerson", "victimPerson", "espIdentifier", "screenName", "displayName", "profileUrl"};

class ReportReader {
 public:
  explicit ReportReader(const Element& report) : report_(report) {}

  OrLine<CtReport> read() {
    TRY_AS(summary, one_child(report_, "incidentSummary"));
    TRY(incident(*summary));
    TRY(batched());
    TRY(people());
    TRY_AS(law_enforcement, optional_child(report_, "lawEnforcement"));
    if (law_enforcement) {
      TRY_AS(officer, optional_child(*law_enforcement, "officerContact"));
      if (officer) add("officer/1", "officer", false, content_of(*officer));
    }
    TRY(linked());
    facts();
    out_.personal.push_back({"document", "incident", true, what_is_left()});
    return std::move(out_);
  }

 private:
  void tell(const Element& at, std::string_view what) { out_.told.push_back(refuse_element(at, what).error()); }
  void state(ReportField field, bool stated) { out_.stated[static_cast<std::size_t>(field)] = stated; }
  void add(std::string subject, std::string_view field, bool child_sensitive, json::value content) {
    out_.personal.push_back({std::move(subject), std::string(field), child_sensitive, std::move(content)});
  }

  OrLine<void> incident(const Element& summary) {
    TRY_AS(type, one_child(summary, "incidentType"));
    const std::string_view said = trimmed(type->text);
    if (said.empty()) return refuse_element(*type, "is empty");
    if (const auto known = std::ranges::find(incident_types, said); known != std::end(incident_types)) {
      const auto number = static_cast<schema::IncidentType>(known - std::begin(incident_types) + 1);
      out_.body["incident_type"] = schema::EnumNameIncidentType(number);
    } else {
      out_.body["incident_type"] = "unlisted";
      out_.body["incident_type_text"] = plain_text(said, 128);
    }
    TRY_AS(time, one_child(summary, "incidentDateTime"));
    TRY_AS(at, time_of(*time));
    out_.incident = at;
    if (at.at == 0) {
      out_.incident.at = 1;
      tell(*time, "is 1970-01-01T00:00:00Z, which in an event means no time; written a microsecond later");
    }
    out_.body["incident_at"] = to_rfc3339(out_.incident.at);
    if (at.offset_minutes) out_.body["incident_offset_minutes"] = *at.offset_minutes;
    else tell(*time, "states no offset; it is read as UTC");

    TRY_AS(platform, optional_child(summary, "platform"));
    if (platform && !trimmed(platform->text).empty()) out_.body["esp_name"] = plain_text(platform->text, 128);
    TRY_AS(escalated, optional_child(summary, "escalateToHighPriority"));
    out_.body["esp_escalated"] = escalated != nullptr;
    if (escalated && !trimmed(escalated->text).empty()) add("document", "escalation_reason", true, json::string(escalated->text));
    TRY_AS(marks, optional_child(summary, "reportAnnotations"));
    return marks ? annotated(*marks) : OrLine<void>();
  }

  OrLine<void> annotated(const Element& marks) {
    json::array known, texts;
    for (const Element& each : marks.children) {
      TRY_AS(holds, boolean_of(each));
      if (!holds) return refuse_element(each, "is false; an annotation is true or not there");
      const auto found = std::ranges::find(annotations, std::string_view(each.name), &std::pair<std::string_view, std::string_view>::first);
      if (found == std::end(annotations)) texts.emplace_back(plain_text(each.name, 64));
      known.emplace_back(found == std::end(annotations) ? "unlisted" : found->second);
    }
    if (known.size() > 64) return refuse_element(marks, "holds more than 64 annotations");
    if (!known.empty()) out_.body["annotations"] = std::move(known);
    if (!texts.empty()) out_.body["annotations_text"] = std::move(texts);
    return {};
  }

  OrLine<void> batched() {
    TRY_AS(batch, optional_child(report_, "batchedReport"));
    if (!batch) return {};
    const std::string* reason = batch->attribute("reason");
    if (!reason || trimmed(*reason).empty()) return refuse_element(*batch, "gives no reason");
    const bool known = trimmed(*reason) == "VIRAL_POTENTIAL_MEME";
    out_.body["batched_reason"] = known ? "viral_potential_meme" : "unlisted";
    if (!known) out_.body["batched_reason_text"] = plain_text(*reason, 64);
    return {};
  }

  OrLine<void> people() {
    TRY_AS(reporter, one_child(report_, "reporter"));
    TRY_AS(person, one_child(*reporter, "reportingPerson"));
    add("reporter/1", "reporter", false, content_of(*person));
    TRY_AS(contact, optional_child(*reporter, "contactPerson"));
    if (contact) add("contact/1", "contact", false, content_of(*contact));
    for (const Role& role : roles) {
      std::size_t number = 0;
      for (const Element& each : report_.children) {
        if (each.name != role.element) continue;
        const std::string subject = std::string(role.field) + '/' + std::to_string(++number);
        add(subject, role.field, role.child_sensitive, content_of(without(each, {"associatedAccount"})));
        accounts_of(each, subject);
        note_provider(each);
      }
    }
    return {};
  }

  // Another account may be another person's, such as a parent's: it is erased by itself, and says whose it was told with.
  void accounts_of(const Element& person, const std::string& of) {
    std::size_t number = 0;
    for (const Element& each : person.children) {
      if (each.name != "associatedAccount") continue;
      add(of + "/account/" + std::to_string(++number), "associated_person", person.name != "personOrUserReported",
          json::object{{"of", of}, {"account", content_of(each)}});
    }
  }

  void note_provider(const Element& person) {
    const Element* service = person.child("espService");
    if (service && !trimmed(service->text).empty() && !out_.body.contains("esp_name")) out_.body["esp_name"] = plain_text(service->text, 128);
  }

  // Earlier reports and countries, of everyone the report is about. Those who report it live elsewhere.
  OrLine<void> linked() {
    for (const Element& each : report_.children)
      if (each.name == "internetDetails" || std::ranges::find(roles, std::string_view(each.name), &Role::element) != std::end(roles)) TRY(collect(each));
    if (!prior_.empty()) out_.body["prior_ctr_ids"] = std::move(prior_);
    if (!countries_.empty()) out_.body["geo_countries"] = std::move(countries_);
    return {};
  }

  OrLine<void> collect(const Element& within) {
    for (const Element& each : within.children) {
      if (each.name == "priorCTReports" || each.name == "priorCTReport") {
        TRY_AS(id, id_of(each));
        const bool known = std::ranges::find(prior_, json::value(id)) != prior_.end();
        if (!known && prior_.size() == 256) tell(each, "is one of more than 256 earlier reports; only sealed");
        else if (!known) prior_.emplace_back(id);
      } else if (each.name == "countryCode" || each.name == "country") {
        add_country(each);
      }
      TRY(collect(each));
    }
    return {};
  }

  void add_country(const Element& stated) {
    const std::string_view code = trimmed(stated.text);
    const auto letter_or_digit = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const bool plain = std::ranges::all_of(code, letter_or_digit);
    if (code.empty() || std::ranges::find(countries_, json::value(code)) != countries_.end()) return;
    if (code.size() > 2 || !plain) return tell(stated, "is no country code of two characters; only sealed");
    if (countries_.size() == 64) return tell(stated, "is one of more than 64 countries; only sealed");
    countries_.emplace_back(code);
  }

  bool anyone_identified(std::string_view element) const {
    return std::ranges::any_of(report_.children, [&](const Element& each) {
      return each.name == element && std::ranges::any_of(identifying, [&](std::string_view name) { return each.holds(name); });
    });
  }

  bool of_people_or_incident(std::initializer_list<std::string_view> names) const {
    return std::ranges::any_of(report_.children, [&](const Element& each) {
      return each.name != "reporter" && each.name != "lawEnforcement" && std::ranges::any_of(names, [&](std::string_view name) { return each.holds(name); });
    });
  }

  void facts() {
    state(ReportField::victim_identity, anyone_identified("victim"));
    state(ReportField::subject_identity, anyone_identified("personOrUserReported"));
    state(ReportField::ip_event, of_people_or_incident({"ipAddress"}));
    state(ReportField::timestamp, of_people_or_incident({"dateTime"}));
    state(ReportField::location, of_people_or_incident({"estimatedLocation", "latitude", "city", "zipCode", "incidentAddress", "locationName"}));
    state(ReportField::conversation_context, of_people_or_incident({"content"}));
  }

  // Texts that may speak of several people, and whatever the schema grows: of the document as a whole.
  json::value what_is_left() const {
    Element rest = without(report_, {"personOrUserReported", "intendedRecipient", "victim"});
    for (Element& each : rest.children) {
      if (each.name == "incidentSummary") each = without(each, {"escalateToHighPriority"});
      else if (each.name == "reporter") each = without(each, {"reportingPerson", "contactPerson"});
      else if (each.name == "lawEnforcement") each = without(each, {"officerContact"});
    }
    return content_of(rest);
  }

  const Element& report_;
  CtReport out_;
  json::array prior_, countries_;
};

}  // namespace

OrLine<CtReport> read_report(const Element& report) { return ReportReader(report).read(); }

}  // namespace caseledger::api
