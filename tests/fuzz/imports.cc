// Files of others: CyberTipline documents, lists of portals.
#include "api/import/cybertip.h"
#include "api/import/lpr_portals.h"
#include "tests/fuzz/parts.h"
#include "tests/support/cybertip.h"

namespace fuzz {

using namespace caseledger;
using namespace caseledger::api;

// One document, or several with a NUL between them. What becomes events is what a ledger admits: the import tries each line.
void run_cybertip(Bytes input) {
  CybertipImport import(samples::importer_secret(), {});
  for (std::string_view rest = text_of(input);;) {
    const auto end = std::min(rest.find('\0'), rest.size());
    import.read("x", rest.substr(0, end));
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  import.finish();
  for (const auto& problem : import.take_problems()) expect(!problem.reason.empty() && problem.line > 0, "a problem without its line or reason");
  for (const auto& line : import.take_lines()) expect(event_from_json(line, [](std::span<std::uint8_t>) { expect(false, "an import left a salt to chance"); }).has_value(), "a line that is no event");
}

void run_portals(Bytes input) {
  const auto import = import_lpr_portals(text_of(input), samples::importer_secret());
  if (!import) expect(!import.error().sentence.empty(), "a refusal without a sentence");
}

std::vector<Buffer> cybertip_seeds() {
  std::string exchange = samples::minimal_report();
  for (const auto& next : {samples::submitted(7), samples::file_details(7, "fe01", "<fileViewedByEsp>true</fileViewedByEsp>"), samples::answer(4110, "Malformed XML"), samples::finished(7)})
    exchange += '\0' + next;
  return {seed(samples::minimal_report()), seed(samples::maximal_report()), seed(exchange), seed("\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><report><!-- x --><![CDATA[y]]></report>"),
          seed("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")};
}

std::vector<Buffer> portal_seeds() {
  return {seed("id,agency,updated,accessed,url,data_retention_in_days,number_of_owned_cameras,external_organizations_with_access,hotlists_alerted_on,"
               "vehicles_detected_in_the_last_30_days,hotlist_hits_in_the_last_30_days,searches_in_the_last_30_days,public_search_audit\n"
               "1,Cleveland County NC SO,2024-03-05T14:00:00Z,2024-03-06T14:00:00Z,https://transparency.flocksafety.com/x,30 days,12,\"A PD, B SO\",NCIC,1000,5,7,NA\n")};
}

}  // namespace fuzz
