// simulate: a year of casework printed, or appended as it goes.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/appending.h"
#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/governing.h"
#include "api/genesis.h"
#include "api/simulate/cybertipline_year.h"
#include "api/simulate/national_year.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct SimulateOptions {
  std::string profile;
  unsigned year = 2023;
  std::uint64_t reports_scale = 1000, cases_scale = 1, seed = 1;
  std::string author;   // only events of this role; empty: all
  Remote remote;        // server: append as it goes
  path keys;            // a folder with <role>.key
  bool plan_only = false;
};

template <class Map, class Name>
json::object counted(const Map& counts, Name name) {
  json::object all;
  for (const auto& [key, count] : counts) all[name(key)] = count;
  return all;
}

template <class Rows, class Name>
json::object shares(const Rows& rows, const std::vector<std::uint64_t>& counts, Name name) {
  json::object all;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (counts[i] > 0) all[name(rows[i])] = counts[i];
  return all;
}

// What a checker of the appended ledger needs: exact.
json::object plan_of(const simulate::ReportTables& tables) {
  const auto& located = tables.by_location;
  json::object recipients, feedback;
  static constexpr std::string_view classes[] = {"icac", "local", "federal", "international"};
  for (std::size_t i = 0; i < simulate::recipient_classes; ++i) {
    recipients[classes[i]] = {{"actionable", tables.referred[simulate::referral_cell(i, simulate::actionable)]},
                              {"informational", tables.referred[simulate::referral_cell(i, simulate::informational)]}};
    feedback[classes[i]] = tables.feedback[i];
  }
  return {{"reports", tables.reports},
          {"incidents", tables.incidents},
          {"by_public", tables.by_source.back()},
          {"user_location", {{"us", located[0]}, {"international", located[1]}, {"unknown", located[2]}}},
          {"files", {{"images", tables.images}, {"videos", tables.videos}, {"other", tables.other_files}}},
          {"reports_by_country", shares(simulate::countries(), tables.by_country, [](const auto& country) { return country.alpha2; })},
          {"reports_by_state", shares(simulate::states(), tables.by_state, [](const auto& state) { return state.code; })},
          {"reports_by_incident_type", shares(simulate::incident_types(), tables.by_type, [](const auto& each) { return schema::EnumNameIncidentType(each.type); })},
          {"referrals", std::move(recipients)},
          {"feedback", std::move(feedback)}};
}

json::object plan_of(const Totals& totals) {
  json::object types, states;
  for (const auto& [type, count] : totals.by_type) types[schema::EnumNameCaseType(type)] = {{"cases", count.cases}, {"recovered", count.recovered}};
  for (const auto& [state, count] : totals.by_state) states[state] = {{"cases", count.cases}, {"recovered", count.recovered}};
  return {{"cases", totals.cases.cases},
          {"recovered", totals.cases.recovered},
          {"deceased", totals.deceased},
          {"cases_by_type", std::move(types)},
          {"cases_by_state", std::move(states)},
          {"other_cases", counted(totals.other_cases, [](auto type) { return schema::EnumNameCaseType(type); })},
          {"amber_alerts", totals.amber_alerts},
          {"recoveries_by_alert", totals.recoveries_by_alert},
          {"alerts", totals.alerts},
          {"alerts_by_outcome", counted(totals.alerts_by_outcome, [](auto outcome) { return outcome == schema::AlertOutcome::unset ? "unadjudicated" : schema::EnumNameAlertOutcome(outcome); })},
          {"deployments", totals.deployments_requested}};
}

// Of the national year, whose reports are worked on: not all of them go out, so what does is not planned.
json::object plan_of(const NationalYear& year) {
  json::object plan = plan_of(year.planned()), reports = plan_of(year.reports());
  for (const auto* planned : {"reports", "incidents", "by_public", "user_location", "files", "reports_by_country", "reports_by_incident_type"}) plan[planned] = reports.at(planned);
  return plan;
}

void print_year(const SimulatedYear& year, const std::string& only) {
  std::ios::sync_with_stdio(false);
  SimulatedEvent event;
  for (const Leg& leg : year.legs()) {
    if (!only.empty() && name(author_of(leg.phase)) != only) continue;
    for (auto events = year.events(leg); events.next(event) && std::cout.good();) {
      auto line = event_to_json(view_event(event.event));
      // With the openings' plaintext instead of the commitments, so that it can be appended.
      if (!event.openings.empty()) {
        json::array sealed;
        for (std::size_t i = 0; i < event.openings.size(); ++i) {
          const auto& part = line.at("parts").as_array()[i].as_object();
          sealed.push_back(json::object{{"subject", part.at("subject")}, {"handling", part.at("handling")}, {"fields", json::parse(event.openings[i].plaintext)}});
        }
        line.erase("parts");
        line["sealed"] = std::move(sealed);
      }
      std::cout << to_text(line) << '\n';
    }
  }
}

// Decisions rest on policies in force.
Result<void> adopt_policies(const SimulatedYear& year, const SimulateOptions& options) {
  Remote governor = options.remote;
  governor.key = options.keys / "governor.key";
  if (!std::filesystem::exists(governor.key)) return {};
  for (const StreamId& policy : year.policies()) {
    std::string said;
    const auto adopted = adopt(governor, policy, 1, simulate::year_begins, said);
    if (!adopted && adopted.error().code != Errc::already_recorded) return adopted;
  }
  return {};
}

// Legs in order: what one refers to, an earlier one has recorded.
Exit append_year(const SimulatedYear& year, const SimulateOptions& options) {
  std::map<Author, Connection> connections;
  Tally tally({}, false);
  Progress progress("appending", year.all_groups());
  std::uint64_t done = 0;
  SimulatedEvent event;
  for (const Leg& leg : year.legs()) {
    if (tally.failed()) break;
    const Author author = author_of(leg.phase);
    if (!options.author.empty() && name(author) != options.author) continue;
    if (!connections.contains(author)) {
      Remote remote = options.remote;
      remote.key = options.keys / (std::string(name(author)) + ".key");
      auto connection = connect(remote, false);
      if (!connection) return report(connection.error());
      connections.emplace(author, std::move(*connection));
    }
    Connection& connection = connections.at(author);
    Batcher batcher(connection, tally);
    std::uint64_t number = 0;
    for (auto events = year.events(leg); events.next(event) && !tally.failed(); ++number) {
      if (event.begins_group && (batcher.size() + group_events_max > 256 || batcher.bytes() > batch_bytes_wanted / 2)) {
        batcher.send();
        if (in_order(leg.phase)) {
          if (const auto flushed = connection.client->flush(); !flushed) return report(flushed.error());
        }
        progress.at(done + events.groups_done() - leg.first_group);
      }
      batcher.add(number, event.event, event.openings);
    }
    batcher.send();
    if (const auto flushed = connection.client->flush(); !flushed && !tally.failed()) return report(flushed.error());
    progress.at(done += leg.end_group - leg.first_group);
    if (leg.phase == Phase::policies) {
      if (const auto adopted = adopt_policies(year, options); !adopted) return report(adopted.error());
    }
  }
  return tally.end();
}

Exit simulate_year(const SimulatedYear& year, const json::object& plan, const SimulateOptions& options) {
  if (options.plan_only) {
    std::cout << to_text(plan) << '\n';
    return Exit::ok;
  }
  if (options.remote.server.empty()) {
    print_year(year, options.author);
    return Exit::ok;
  }
  if (options.keys.empty()) return report({Errc::usage, "--server needs --keys, a folder with a key for each role"});
  return append_year(year, options);
}

Exit simulate_year(const SimulateOptions& options) {
  if (options.profile == "cybertipline-annual") {
    const CyberTiplineYear year(options.year, options.reports_scale, options.seed);
    return simulate_year(year, plan_of(year.planned()), options);
  }
  const NationalYear year({options.reports_scale, options.cases_scale}, options.seed);
  return simulate_year(year, plan_of(year), options);
}

// "1:1000" → 1000.
std::uint64_t parse_scale(const std::string& text) {
  const auto n = text.starts_with("1:") ? from_decimal(std::string_view(text).substr(2)) : Result<std::uint64_t>(fail(Errc::usage, ""));
  if (!n || *n == 0) throw CLI::ValidationError("--scale", "wanted 1:N with N from 1 on, found " + text);
  return *n;
}

}  // namespace

void add_simulate(CommandLine& line) {
  auto [app, asked] = line.add("simulate", "A year of casework, the same for the same seed",
                               "  caseledger simulate national-year --plan\n"
                               "  caseledger simulate national-year --scale 1:1000 --server http://127.0.0.1:8420 --keys keys\n"
                               "  caseledger simulate cybertipline-annual --year 2023 --scale 1:1000 --plan",
                               simulate_year);
  app.add_option("PROFILE", asked.profile, "national-year: 2024 with all its casework; cybertipline-annual: a published year of CyberTipline reports")
      ->required()
      ->check(CLI::IsMember({"national-year", "cybertipline-annual"}));
  app.add_option("--year", asked.year, "of cybertipline-annual, 2020 to 2023")->check(CLI::Range(2020, 2023));
  app.add_option_function<std::string>("--scale", [&into = asked.reports_scale](const std::string& text) { into = parse_scale(text); }, "of the CyberTipline reports, 1:N");
  app.add_option_function<std::string>("--cases-scale", [&into = asked.cases_scale](const std::string& text) { into = parse_scale(text); }, "of the missing-child cases, 1:N");
  app.add_option("--seed", asked.seed, "another seed, another year");
  app.add_option("--author", asked.author, "only what this role writes")->check(CLI::IsMember({"case_system", "automated_source", "analyst", "supervisor", "privacy_officer"}));
  app.add_option("--server", asked.remote.server, "append as it goes");
  app.add_option("--log-vkey", asked.remote.vkey, "the log's key as you know it");
  app.add_option("--keys", asked.keys, "a folder with case_system.key, automated_source.key, analyst.key, supervisor.key, privacy_officer.key; governor.key, if it is there, adopts the year's policies");
  app.add_flag("--plan", asked.plan_only, "print the exact totals and make nothing");
}

}  // namespace caseledger::api
