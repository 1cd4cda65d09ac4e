// bench
#include <boost/json.hpp>
#include <iostream>

#include "api/bench/bench.h"
#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/json.h"

namespace caseledger::api {

namespace {

struct BenchOptions {
  path folder;
  std::vector<std::string> only;
  bool json = false;
  std::uint64_t events = 1'000'000;
  std::string postgres;
};

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

}  // namespace

void add_bench(CommandLine& line) {
  auto [app, asked] = line.add("bench", "The performance table, beside its yardsticks", "  caseledger bench --only P1,P4", bench_table);
  app.add_option("--only", asked.only, "such as P1,P2")->delimiter(',');
  app.add_flag("--json", asked.json, "a list of {id, what, value, unit, yardstick, ratio, target}");
  app.add_option("--events", asked.events, "for the bulk figures");
  app.add_option("--dir", asked.folder, "scratch folder; a temporary one without it");
  app.add_option("--postgres", asked.postgres, "libpq connection string, for P1b and P2b")->envname("CASELEDGER_BENCH_POSTGRES");
}

}  // namespace caseledger::api
