// The names behind the codes that figures are split by, and what each section is about.
#include <algorithm>
#include <array>
#include <span>

#include "projections/reports/words.h"

namespace caseledger::reports {

namespace {

using Name = std::pair<std::string_view, std::string_view>;

constexpr Name case_types[] = {{"FA", "Family abduction"},
                               {"NFA", "Nonfamily abduction"},
                               {"LIM", "Lost, injured or otherwise missing"},
                               {"ERU", "Endangered runaway"},
                               {"CMYA", "Critically missing young adult"},
                               {"EXPL", "Exploitation"},
                               {"ATTEMPT", "Attempted abduction"},
                               {"UNID", "Unidentified child"}};

constexpr Name states[] = {
    {"US-AL", "Alabama"}, {"US-AK", "Alaska"}, {"US-AZ", "Arizona"}, {"US-AR", "Arkansas"}, {"US-CA", "California"}, {"US-CO", "Colorado"}, {"US-CT", "Connecticut"},
    {"US-DE", "Delaware"}, {"US-DC", "District of Columbia"}, {"US-FL", "Florida"}, {"US-GA", "Georgia"}, {"US-HI", "Hawaii"}, {"US-ID", "Idaho"}, {"US-IL", "Illinois"},
    {"US-IN", "Indiana"}, {"US-IA", "Iowa"}, {"US-KS", "Kansas"}, {"US-KY", "Kentucky"}, {"US-LA", "Louisiana"}, {"US-ME", "Maine"}, {"US-MD", "Maryland"},
    {"US-MA", "Massachusetts"}, {"US-MI", "Michigan"}, {"US-MN", "Minnesota"}, {"US-MS", "Mississippi"}, {"US-MO", "Missouri"}, {"US-MT", "Montana"}, {"US-NE", "Nebraska"},
    {"US-NV", "Nevada"}, {"US-NH", "New Hampshire"}, {"US-NJ", "New Jersey"}, {"US-NM", "New Mexico"}, {"US-NY", "New York"}, {"US-NC", "North Carolina"},
    {"US-ND", "North Dakota"}, {"US-OH", "Ohio"}, {"US-OK", "Oklahoma"}, {"US-OR", "Oregon"}, {"US-PA", "Pennsylvania"}, {"US-RI", "Rhode Island"}, {"US-SC", "South Carolina"},
    {"US-SD", "South Dakota"}, {"US-TN", "Tennessee"}, {"US-TX", "Texas"}, {"US-UT", "Utah"}, {"US-VT", "Vermont"}, {"US-VA", "Virginia"}, {"US-WA", "Washington"},
    {"US-WV", "West Virginia"}, {"US-WI", "Wisconsin"}, {"US-WY", "Wyoming"}, {"US-AS", "American Samoa"}, {"US-GU", "Guam"}, {"US-MP", "Northern Mariana Islands"},
    {"US-PR", "Puerto Rico"}, {"US-VI", "U.S. Virgin Islands"}, {"US", "United States"}};

constexpr Name plain[] = {{"F", "Female"}, {"M", "Male"}, {"X", "Neither female nor male"}, {"yes", "Yes"}, {"no", "No"}, {"unknown", "Unknown"}, {"esp_api", "Service provider, by API"},
                          {"lpr", "Plate reader"}, {"ncic", "NCIC"}, {"ncmec_amber", "AMBER Alert"}, {"le", "Law enforcement"}, {"self", "The child"}, {"native", "Native American"},
                          {"tribal", "Tribal"}, {"asian", "Asian"}, {"black", "Black"}, {"hispanic", "Hispanic"}, {"white", "White"}, {"unset", "Not stated"},
                          {"last_contact", "Last contact"}, {"reported_le", "Report to law enforcement"}, {"reported_us", "Report to us"}, {"ncic_entry", "Entry into NCIC"}};

// Why figures are withheld, in a table that counts them.
constexpr Name rules[] = {{"primary", "Few persons"}, {"difference", "Few more or fewer than told elsewhere"}, {"earlier", "Withheld in an earlier edition"}, {"complementary", "Would give another away"},
                          {"coarsened", "Told as part of a region"}, {"line", "With all of a row or column"}, {"figure", "With all of a figure"}, {"dependent", "Computed from withheld figures"}};

std::string_view found(std::span<const Name> in, std::string_view code) {
  const auto at = std::ranges::find(in, code, &Name::first);
  return at == in.end() ? std::string_view() : at->second;
}

// Dimensions whose values are names that others gave, and stay as they are.
constexpr std::string_view names_of_others[] = {"vendor", "esp", "model", "policy", "unit_name", "system", "queue", "team", "organisation", "programme", "source"};

constexpr Name sections[] = {
    {"R", "How many children who went missing were found, how soon, and who is still missing. Each ratio says what it counts: a cohort is followed "
          "up to the checkpoint, a flow is not."},
    {"T1", "What reached the ledger: reports, the incidents and files they stand for, where they came from and how much they said."},
    {"T2", "How long reports waited for each step. What still waits counts as waiting, so that a stuck report does not vanish from the figures."},
    {"T3", "What was decided by rules and models, how often people looked, and how often they decided otherwise."},
    {"T4", "What was put first, for whom and for which reason; and whether groups were treated alike."},
    {"T5", "Alerts of automated detectors: how many were looked at, how many were right, and what came of those that were wrong."},
    {"T6", "Where plate readers stand and how densely, who is given access, how soon they learn of an entry, and how long they keep what they read."},
    {"T7", "Searches of surveillance data: by which organisations, for which reason, and whether a case was named."},
    {"T8", "Where reports were referred, whether recipients answered, and what they said became of them."},
    {"T9", "Requests to other countries and what became of them; training given to partners abroad."},
    {"T10", "Teams sent on site: what was asked for, what was granted, how soon they came, and what came of it."},
    {"T11", "Forensic examinations, how long they took, and children identified."},
    {"T12", "Tips from the public, what became of them, and whether they helped."},
    {"T13", "Contact with families, the services offered to them, and reunifications."},
    {"T14", "Which policies were in force and which decisions cite them; where people and money went."},
    {"T15", "Whether the record itself is whole: what it holds and how late it was recorded, what was corrected, retracted or taken out of it, which keys were "
            "revoked, what was refused, what was imported, what auditors found."},
    {"T16", "Who looked at records and why; erasure, holds, and what is withheld from this report."},
    {"M", "Whether what has to be done soon was: the entry into NCIC, the report of a child missing from care, the AMBER alert."},
    {"R11", "The seven counts of 34 U.S.C. § 11295a, straight from the record."},
};

constexpr Name templates[] = {{"transparency", "Transparency report"},
                              {"statutory-11295a", "Statutory report, 34 U.S.C. § 11295a"},
                              {"cybertipline-annual", "CyberTipline annual report"}};

}  // namespace

std::string value_words(std::string_view dimension, std::string_view value) {
  if (value.empty()) return "Not stated";
  const auto known = [&](std::string_view name) { return name.empty() ? std::string(value) : std::string(name); };
  if (dimension.starts_with("case_type")) {
    const auto name = found(case_types, value);
    return name.empty() ? std::string(value) : std::string(name) + " (" + std::string(value) + ")";
  }
  if (dimension == "jurisdiction" || dimension == "state" || dimension == "country") {
    const auto state = found(states, value);
    return known(state.empty() ? country_words(value) : state);
  }
  if (dimension == "age_band" && value.find('-') != value.npos) {
    std::string out(value);
    return out.replace(out.find('-'), 1, " to ") + " years";
  }
  if (dimension == "rule") return known(found(rules, value));
  if (const auto name = found(plain, value); !name.empty()) return std::string(name);
  std::string out(value);
  if (std::ranges::find(names_of_others, dimension) != std::end(names_of_others)) return out;
  std::ranges::replace(out, '_', ' ');
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string group_words(const std::vector<std::string>& by, const std::vector<std::string>& group) {
  std::string out;
  for (std::size_t i = 0; i < group.size() && i < by.size(); ++i) out += (i ? ", " : "") + value_words(by[i], group[i]);
  return out.empty() ? "All" : out;
}

std::string section_words(std::string_view section) { return std::string(found(sections, section)); }

std::string template_words(std::string_view template_id) {
  const auto name = found(templates, template_id);
  return std::string(name.empty() ? template_id : name);
}

}  // namespace caseledger::reports
