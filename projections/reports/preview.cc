#include "projections/reports/preview.h"

#include <boost/json.hpp>

#include "ledger/rules/canonical_json.h"

namespace caseledger::reports {

namespace json = boost::json;

Result<std::string> preview_json(const Preview& preview) {
  TRY_AS(edition, edition_json(preview.edition));
  json::array shortfalls(preview.suppression.shortfalls.begin(), preview.suppression.shortfalls.end()), withheld;
  for (const Withholding& each : preview.suppression.withheld) {
    json::object one{{"figure", each.figure}, {"rule", each.rule}};
    if (!each.because.empty()) one.emplace("because", each.because);
    withheld.push_back(std::move(one));
  }
  TRY_AS(of_suppression, canonical_json(json::object{{"shortfalls", std::move(shortfalls)}, {"withheld", std::move(withheld)}}));
  return "{\"edition\":" + edition + "," + of_suppression.substr(1);
}

Result<Preview> parse_preview(std::string_view text) {
  constexpr std::size_t beside_bytes_max = 16 << 20;  // of what is told beside the edition
  if (text.size() > edition_bytes_max + beside_bytes_max) return fail(Errc::too_large, "a preview has at most " + std::to_string(edition_bytes_max + beside_bytes_max) + " bytes; found " + std::to_string(text.size()));
  TRY_AS(value, parse_canonical_json(text));
  const auto* whole = value.if_object();
  const auto* edition = whole ? whole->if_contains("edition") : nullptr;
  if (!edition) return fail(Errc::malformed, "no preview of an edition: wanted an object with edition, shortfalls and withheld");
  TRY_AS(edition_text, canonical_json(*edition));
  TRY_AS(read, parse_edition(edition_text));
  Preview preview{std::move(read), {}};
  const auto rows = [&](std::string_view name) {
    const auto* found = whole->if_contains(name);
    return found && found->is_array() ? found->get_array() : json::array();
  };
  const auto word = [](const json::value& row, std::string_view name) {
    const auto* object = row.if_object();
    const auto* found = object ? object->if_contains(name) : nullptr;
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  for (const auto& each : rows("shortfalls"))
    if (each.is_string()) preview.suppression.shortfalls.emplace_back(each.get_string());
  for (const auto& each : rows("withheld")) preview.suppression.withheld.push_back({word(each, "figure"), word(each, "rule"), word(each, "because")});
  return preview;
}

}  // namespace caseledger::reports
