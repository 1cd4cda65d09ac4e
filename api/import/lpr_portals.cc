#include "api/import/lpr_portals.h"

#include <algorithm>
#include <boost/json.hpp>
#include <csv.h>
#include <map>
#include <set>

#include "ledger/core/hash.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

using Row = std::vector<std::string>;

struct Sheet {
  std::vector<Row> rows;
  Row row;
};

Result<std::vector<Row>> parse_csv(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Sheet sheet;
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) return fail(Errc::io, "no memory to read CSV");
  const auto field = [](void* cell, std::size_t size, void* to) { static_cast<Sheet*>(to)->row.emplace_back(static_cast<const char*>(cell), size); };
  const auto end = [](int, void* to) {
    auto* all = static_cast<Sheet*>(to);
    all->rows.push_back(std::exchange(all->row, {}));
  };
  const bool whole = csv_parse(&parser, text.data(), text.size(), field, end, &sheet) == text.size() && csv_fini(&parser, field, end, &sheet) == 0;
  const int error = csv_error(&parser);
  csv_free(&parser);
  if (!whole) return fail(Errc::malformed, "not CSV behind row " + std::to_string(sheet.rows.size()) + ": " + csv_strerror(error));
  return std::move(sheet.rows);
}

constexpr const char* columns[] = {"id", "agency", "updated", "accessed", "url", "data_retention_in_days", "number_of_owned_cameras",
                                   "external_organizations_with_access", "hotlists_alerted_on", "vehicles_detected_in_the_last_30_days",
                                   "hotlist_hits_in_the_last_30_days", "searches_in_the_last_30_days", "public_search_audit"};
enum Column { id, agency, updated, accessed, url, retention, cameras, organisations, hotlists, reads, hits, searches, audit, column_count };

const std::set<std::string_view> states{"AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY",
                                        "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND",
                                        "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "PR"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "Cleveland County NC SO" → "NC": the last capital pair that is a state.
std::optional<std::string_view> state_in(std::string_view name) {
  std::optional<std::string_view> found;
  for (std::size_t at = 0; at < name.size();) {
    const auto end = std::min(name.find_first_of(" -()", at), name.size());
    if (states.contains(name.substr(at, end - at))) found = name.substr(at, end - at);
    at = end + 1;
  }
  return found;
}

class Reader {
 public:
  Reader(Hash document, const ImportSecret& secret) : document_(document), secret_(secret) {}

  void read(const Row& row, std::size_t number) {
    row_ = &row;
    number_ = number;
    json::object body{{"vendor", vendor()}, {"source", "vendor_portal"}};
    const auto state = state_in(row[agency]);
    if (!state) problem(agency, "names no state; taken as US");
    const std::string place = state ? "US-" + std::string(*state) : "US";
    body["jurisdiction"] = place;
    auto at = parse_rfc3339(row[updated]);
    if (!at) {
      problem(updated, "is no time: \"" + row[updated] + "\"; taken from `accessed`");
      at = parse_rfc3339(row[accessed]);
    }
    if (!at) return problem(accessed, "is no time: \"" + row[accessed] + "\"; the row has none and is left out");
    body["as_of"] = to_rfc3339(at->at);
    put(body, "cameras", count(cameras, UINT32_MAX));
    put(body, "reads_30d", count(reads, INT64_MAX));
    put(body, "hits_30d", count(hits, INT64_MAX));
    put(body, "retention_days", retention_days());
    put(body, "sharing_orgs", sharing_organisations());
    write(place, at->at, std::move(body));
  }

  LprImport take() {
    for (int c = 0; c < column_count; ++c)
      if (not_stated_[c] > 0) import_.not_stated.emplace_back(columns[c], not_stated_[c]);
    return std::move(import_);
  }

 private:
  void problem(Column column, std::string reason) { import_.problems.push_back({number_, columns[column], std::move(reason)}); }

  static void put(json::object& body, const char* name, std::optional<std::uint64_t> value) {
    if (value) body[name] = *value;
  }

  std::string vendor() const {
    const std::string& address = (*row_)[url];
    return address.find("flocksafety.com") != std::string::npos ? "flock_safety" : "unknown";
  }

  bool stated(Column column) {
    if (trimmed((*row_)[column]) != "NA") return true;
    ++not_stated_[column];
    return false;
  }

  std::optional<std::uint64_t> count(Column column, std::uint64_t most) {
    if (!stated(column)) return std::nullopt;
    const auto value = from_decimal(trimmed((*row_)[column]));
    if (value && *value <= most) return *value;
    problem(column, "is no count: \"" + (*row_)[column] + '"');
    return std::nullopt;
  }

  std::optional<std::uint64_t> retention_days() {
    if (!stated(retention)) return std::nullopt;
    std::string_view text = trimmed((*row_)[retention]);
    if (text.ends_with(" days")) text.remove_suffix(5);
    const auto value = from_decimal(text);
    if (value && *value <= UINT16_MAX) return *value;
    problem(retention, "is no number of days: \"" + (*row_)[retention] + '"');
    return std::nullopt;
  }

  // A number, or the organisations by name.
  std::optional<std::uint64_t> sharing_organisations() {
    if (!stated(organisations)) return std::nullopt;
    std::string_view text = trimmed((*row_)[organisations]);
    if (const auto value = from_decimal(text); value && *value <= UINT32_MAX) return *value;
    std::set<std::string_view> names;
    while (!text.empty()) {
      const auto end = std::min(text.find(','), text.size());
      if (const auto name = trimmed(text.substr(0, end)); !name.empty()) names.insert(name);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return names.size();
  }

  void write(const std::string& place, Micros at, json::object body) {
    const std::string& source_id = (*row_)[id];
    const Hash digest = sha256(bytes_of(source_id));
    json::object event{{"stream", to_string(uuid_v8("lpr-portals", bytes_of(source_id)))},
                       {"kind", "coverage"},
                       {"version", 1},
                       {"type", "CoverageSnapshotTaken"},
                       {"occurred_at", to_rfc3339(at)},
                       {"precision", "s"},
                       {"operator", "import"},
                       {"automated", true},
                       {"system", "lpr-portals"},
                       {"jurisdiction", place},
                       {"handling", "open"},
                       {"imported", {{"source", "lpr-portals"}, {"source_id_digest", hex(digest.bytes)}, {"document_digest", hex(document_.bytes)}}},
                       {"body", std::move(body)}};
    secret_.add_salts(event);
    auto draft = event_from_json(to_text(event), [](std::span<std::uint8_t>) { ENSURE(false && "an import draws no chance"); });
    if (!draft) return problem(id, draft.error().sentence + "; the row is left out");
    import_.events.push_back(std::move(*draft));
  }

  Hash document_;
  const ImportSecret& secret_;
  const Row* row_ = nullptr;
  std::size_t number_ = 0;
  std::array<std::size_t, column_count> not_stated_{};
  LprImport import_;
};

}  // namespace

Result<LprImport> import_lpr_portals(std::string_view csv, const ImportSecret& secret) {
  TRY_AS(rows, parse_csv(csv));
  if (rows.empty() || !std::ranges::equal(rows[0], columns)) return fail(Errc::malformed, "the first row does not name the columns of an LPR portal list (id, agency, updated, …)");
  Reader reader(sha256(bytes_of(csv)), secret);
  std::vector<ImportProblem> broken;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() == column_count) reader.read(rows[i], i);
    else broken.push_back({i, "", "has " + std::to_string(rows[i].size()) + " columns, wanted " + std::to_string(column_count) + "; the row is left out"});
  }
  LprImport import = reader.take();
  import.problems.insert(import.problems.end(), broken.begin(), broken.end());
  import.rows = rows.size() - 1;
  return import;
}

}  // namespace caseledger::api
