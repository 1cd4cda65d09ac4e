// replay: what another points table would have made of the decisions that are recorded.
#include <boost/json.hpp>
#include <iostream>
#include <map>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/events.h"
#include "api/cli/folder.h"
#include "api/cli/reading.h"
#include "api/json.h"
#include "ledger/rules/canonical_json.h"
#include "ledger/rules/policy_check.h"
#include "ledger/rules/triage_policy.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;
using rules::TriagePolicy;

struct ReplayOptions {
  Source source;
  path policy;            // its parameters, as JSON
  std::string decided_by; // the stream of a policy: only decisions under it; empty: under any
  Format format = Format::table;
};

class Replay {
 public:
  Replay(TriagePolicy policy, std::optional<StreamId> decided_by, bool print) : policy_(std::move(policy)), decided_by_(decided_by), print_(print) {}

  Result<void> take(std::string_view line) {
    TRY_AS(told, parse_json(line));
    TRY_AS(draft, event_from_json(to_text(told.at("event")), [](std::span<std::uint8_t>) {}));
    const EventView event = view_event(draft.event);
    const schema::Ref* under = rules::policy_of(event);
    if (!under || (decided_by_ && uuid_of(under->stream()) != *decided_by_)) return {};
    json::object row{{"position", told.at("position")}, {"stream", to_string(event.stream)}, {"version", event.version}, {"type", event_type(event.type)->name}};
    if (event.type == schema::Body::TriageScored) score(event.body<schema::TriageScored>(), std::move(row));
    if (event.type == schema::Body::TriageExpedited) expedite(event.body<schema::TriageExpedited>(), std::move(row));
    return {};
  }

  json::object summary() const {
    json::object moved;
    for (const auto& [between, count] : moved_) moved[std::string(schema::EnumNamePriority(between.first)) + " → " + schema::EnumNamePriority(between.second)] = count;
    return {{"scores", scores_},       {"not_recomputable", not_recomputable_}, {"scores_changed", scores_changed_}, {"priorities", std::move(moved)},
            {"expedited", expedited_}, {"grants_not_covered", not_covered_},    {"refusals_covered", covered_}};
  }

  Table table() const {
    Table table{{"recorded", "under the policy", "scores"}, {}, {false, false, true}};
    for (const auto& [between, count] : moved_) table.rows.push_back({schema::EnumNamePriority(between.first), schema::EnumNamePriority(between.second), std::to_string(count)});
    table.rows.push_back({"any", "not recomputable: no features", std::to_string(not_recomputable_)});
    table.rows.push_back({"expedited", "covered by no clause", std::to_string(not_covered_)});
    table.rows.push_back({"not expedited", "covered by a clause", std::to_string(covered_)});
    return table;
  }

 private:
  void score(const schema::TriageScored& body, json::object row) {
    ++scores_;
    if (!body.features()) {
      ++not_recomputable_;
      return;
    }
    const auto verdict = policy_.score(*body.features());
    ++moved_[{body.recommended_priority(), verdict.priority}];
    if (verdict.score_micros == body.score_micros() && verdict.priority == body.recommended_priority()) return;
    ++scores_changed_;
    row["recorded"] = json::object{{"score_micros", body.score_micros()}, {"priority", schema::EnumNamePriority(body.recommended_priority())}};
    json::object under{{"score_micros", verdict.score_micros}, {"priority", schema::EnumNamePriority(verdict.priority)}};
    if (verdict.due_minutes) under["due_minutes"] = *verdict.due_minutes;
    row["under_policy"] = std::move(under);
    print(row);
  }

  void expedite(const schema::TriageExpedited& body, json::object row) {
    ++expedited_;
    const bool covered = policy_.expedites(text_of(body.policy_clause()), body.reason_code(), body.requester_class());
    if (covered == body.granted()) return;
    ++(covered ? covered_ : not_covered_);
    row["recorded"] = json::object{{"granted", body.granted()}};
    row["under_policy"] = json::object{{"covered", covered}};
    print(row);
  }

  void print(const json::object& row) const {
    if (print_) std::cout << to_text(row) << '\n';
  }

  const TriagePolicy policy_;
  const std::optional<StreamId> decided_by_;
  const bool print_;
  std::uint64_t scores_ = 0, not_recomputable_ = 0, scores_changed_ = 0, expedited_ = 0, covered_ = 0, not_covered_ = 0;
  std::map<std::pair<schema::Priority, schema::Priority>, std::uint64_t> moved_;
};

Result<TriagePolicy> read_policy(const path& file) {
  TRY_AS(text, read_text(file));
  TRY_AS(value, parse_json(text));
  TRY_AS(canonical, canonical_json(value));
  return TriagePolicy::parse(canonical);
}

Exit replay_policy(const ReplayOptions& options) {
  auto policy = read_policy(options.policy);
  if (!policy) return report(policy.error());
  std::optional<StreamId> decided_by;
  if (!options.decided_by.empty()) {
    const auto id = argument(parse_uuid(options.decided_by));
    if (!id) return report(id.error());
    decided_by = *id;
  }
  Replay replay(std::move(*policy), decided_by, options.format == Format::jsonl);
  EventsOptions wanted;
  wanted.source = options.source;
  wanted.types = {"TriageScored", "TriageExpedited"};
  Result<void> taken;
  const auto read = each_event_line(wanted, [&](std::string_view line) {
    taken = replay.take(line);
    return taken.has_value() && std::cout.good();
  });
  if (!read) return report(read.error());
  if (!taken) return report(taken.error());
  switch (options.format) {
    case Format::table: std::cout << replay.table().text(); break;
    case Format::csv: std::cout << replay.table().csv(); break;
    case Format::json:
    case Format::jsonl: std::cout << to_text(replay.summary()) << '\n';
  }
  return Exit::ok;
}

}  // namespace

void add_replay(CommandLine& line) {
  auto [app, asked] = line.add("replay", "Recompute recorded triage decisions under another policy, and show what it would have changed",
                               "  caseledger replay --policy stricter.json --server http://127.0.0.1:8420 --key auditor.key\n"
                               "  caseledger replay --policy stricter.json --dir ledger --format jsonl", replay_policy);
  app.add_option("--policy", asked.policy, "the parameters of a triage policy, as docs/policies.md lays out; - is standard input")->required();
  add_source(app, asked.source);
  app.add_option("--of", asked.decided_by, "only decisions that rest on this policy's stream");
  add_format(app, asked.format);
}

}  // namespace caseledger::api
