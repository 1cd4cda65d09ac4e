// bench
#include <boost/json.hpp>
#include <iostream>

#include "api/bench/bench.h"
#include "api/cli/commands.h"
#include "api/json.h"

namespace caseledger::api {

Exit bench_table(const BenchOptions& options) {
  namespace json = boost::json;
  bench::Options wanted;
  wanted.folder = options.folder.empty() ? std::filesystem::temp_directory_path() / ("caseledger-bench-" + std::to_string(::getpid())) : options.folder;
  wanted.events = options.events;
  wanted.postgres = options.postgres;
  const auto rows = bench::run(wanted, options.only);
  std::error_code error;
  std::filesystem::remove_all(wanted.folder, error);
  const auto number = [](double value) {
    char text[64];
    std::snprintf(text, sizeof text, value >= 1000 ? "%.0f" : "%.3f", value);
    return std::string(text);
  };
  json::array list;
  Table table{{"id", "what", "value", "unit", "yardstick", "ratio", "target"}, {}, {false, false, true, false, false, true, false}};
  for (const auto& row : rows) {
    json::object object{{"id", row.id}, {"what", row.what}, {"value", row.value}, {"unit", row.unit}, {"yardstick", row.yardstick}, {"ratio", nullptr}, {"target", row.target}};
    if (row.ratio) object["ratio"] = *row.ratio;
    list.push_back(std::move(object));
    table.rows.push_back({row.id, row.what, number(row.value), row.unit, row.yardstick, row.ratio ? number(*row.ratio) : "", row.target});
  }
  if (options.json) std::cout << json::serialize(list) << '\n';
  else std::cout << table.text();
  return Exit::ok;
}

}  // namespace caseledger::api
