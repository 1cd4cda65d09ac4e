#include "tests/support/life.h"

#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <stdexcept>

#include "api/genesis.h"
#include "tests/support/documents.h"
#include "tests/support/ledgers.h"

namespace samples {

namespace {

PublicKey key_of(const Actor& actor) { return {actor.key}; }

void replace(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
}

std::vector<std::vector<std::string>> lines_of(std::string_view text) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream all{std::string(text)};
  for (std::string line; std::getline(all, line);) {
    std::istringstream words(line);
    std::vector<std::string> found;
    for (std::string word; words >> word;) found.push_back(word);
    if (!found.empty()) lines.push_back(std::move(found));
  }
  return lines;
}

}  // namespace

Life::Life(std::string_view kind) : kind_(kind), stream_(new_stream()), other_(new_stream()) {
  other_state.version = 1;
  other_state.kind = StreamKind::case_;
  other_state.phase = rules::Phase::active;
}

// What ended the search or closed the case.
Version Life::prior() const {
  if (state_.phase == rules::Phase::closed) return state_.closed_by;
  for (std::size_t i = events_.size(); i-- > 0;)
    if (const auto type = view_event(events_[i].event).type; type == schema::Body::ChildLocated || type == schema::Body::ChildRecovered)
      return static_cast<Version>(i + 1);
  return 1;
}

Buffer Life::made(std::string_view type, std::string_view body, const Said& said) const {
  std::string text = R"({"stream":"$self","kind":")" + kind_ + R"(","version":)" + std::to_string(state_.version + 1) + R"(,"type":")" + std::string(type) +
                     R"(","occurred_at":"2024-03-05T14:00:00Z","operator":")" + std::string(said.by.operator_code) + R"(","handling":"child_sensitive")";
  if (said.names != 0) text += R"(,"causes":[{"stream":"$self","version":)" + std::to_string(said.names) + "}]";
  if (said.imported) text += R"(,"imported":{"source":"other-system","source_id_digest":")" + std::string(64, 'a') + "\"}";
  for (const auto must : event_type(body_named(type))->sealed_must) {
    const std::string field(must);
    text += R"(,"sealed":[{"subject":"$child","handling":"child_sensitive","fields":{")" + field + R"(":"-"}}])";
  }
  text += ",\"body\":" + std::string(body) + '}';
  replace(text, "$self", to_string(stream_));
  replace(text, "$other", to_string(other_));
  replace(text, "$child", said.child);
  replace(text, "$prior", std::to_string(prior()));
  auto draft = api::event_from_json(text, api::system_random());
  if (!draft) throw std::logic_error(draft.error().sentence + "\n" + text);
  return std::move(draft->event);
}

Result<void> Life::judged(const Buffer& event, const Actor& by) const {
  static const rules::Authority nobody("ledger.example.org/l/test");
  rules::Enrolment author;
  author.roles = by.roles;
  const std::function stream = [this](const StreamId& id) { return id == stream_ ? state_ : id == other_ ? other_state : rules::StreamState{}; };
  return rules::admit_transition(state_, view_event(event), {nobody, &author, key_of(by), now, 0, stream, find()});
}

rules::FindRecorded Life::find() const {
  return [this](const StreamId& id, Version version) -> std::optional<rules::Recorded> {
    if (id != stream_ || version == 0 || version > state_.version) return std::nullopt;
    return rules::Recorded{view_event(events_[version - 1].event), events_[version - 1].author};
  };
}

void Life::happens(Buffer event, const Actor& by) {
  events_.push_back({std::move(event), key_of(by)});
  state_ = rules::advance(state_, view_event(events_.back().event), Position{events_.size() - 1}, find());
}

Result<void> Life::ask(std::string_view type, std::string_view body, const Said& said) { return judged(made(type, body, said), said.by); }

Result<void> Life::say(std::string_view type, std::string_view body, const Said& said) {
  Buffer event = made(type, body, said);
  TRY(judged(event, said.by));
  happens(std::move(event), said.by);
  return {};
}

void Life::force(std::string_view type, std::string_view body, const Said& said) { happens(made(type, body, said), said.by); }

// ── machines ──

Result<void> make(Life& life, const Move& move) {
  const auto before = life.phase();
  TRY(life.say(move.type, move.body));
  if (move.type != "CaseClosed") return {};
  CHECK(life.phase() == before);
  return life.say(move.type, move.body, {.by = second_actor, .names = life.state().closing});
}

namespace {

const Move& move_named(const Machine& machine, std::string_view name) {
  for (const Move& move : machine.moves)
    if (move.name == name) return move;
  throw std::logic_error("no move is called " + std::string(name));
}

Life at_the_end_of(const Machine& machine, const std::vector<std::string>& path) {
  Life life(machine.kind);
  for (std::size_t i = 1; i < path.size(); ++i) {
    const auto made = make(life, move_named(machine, path[i]));
    INFO(path[0] << " by way of " << path[i] << ": " << (made ? "" : made.error().sentence));
    REQUIRE(made);
  }
  REQUIRE(std::string(name(life.phase())) + ':' == path[0]);
  return life;
}

void check_cell(const Machine& machine, const std::vector<std::string>& path, const std::string& name_of_move, const std::string& wanted) {
  Life life = at_the_end_of(machine, path);
  const rules::StreamState before = life.state();
  const auto made = make(life, move_named(machine, name_of_move));
  INFO(path[0] << ' ' << name_of_move << ": wanted " << wanted << ", found " << (made ? name(life.phase()) : made.error().sentence));
  CHECK(made.has_value() == (wanted != "-"));
  if (!made) {
    CHECK(made.error().code == Errc::illegal_transition);
    CHECK(life.state() == before);
  } else {
    CHECK(name(life.phase()) == (wanted == "=" ? name(before.phase) : wanted));
    CHECK(life.state().version > before.version);
  }
}

std::set<std::string_view> types_at_home(std::string_view kind) {
  std::set<std::string_view> types;
  for (std::size_t number = 1; number < body_numbers; ++number) {
    const EventType* type = event_type(static_cast<schema::Body>(number));
    for (const auto each : schema::EnumValuesStreamKind())
      if (type && kind_name(each) == kind && (type->streams >> static_cast<int>(each) & 1)) types.insert(type->name);
  }
  return types;
}

// docs/rules.md shows the tables that hold here.
void hold_document_to(const Machine& machine, const std::vector<std::string>& phases, const std::vector<std::vector<std::string>>& table) {
  std::ostringstream section;
  section << "| event |";
  for (const auto& phase : phases) section << ' ' << phase << " |";
  std::string text = section.str() + "\n|---|";
  for (std::size_t i = 0; i < phases.size(); ++i) text += "---|";
  for (std::size_t row = 1; row < table.size(); ++row) {
    const Move& move = move_named(machine, table[row][0]);
    text += "\n| " + std::string(move.type) + " (" + table[row][0] + ") |";
    for (std::size_t i = 1; i < table[row].size(); ++i) text += (table[row][i] == "-" ? std::string(" ") : ' ' + table[row][i] + ' ') + '|';
  }
  text += '\n';
  hold_document("docs/rules.md", machine.kind, text);
}

}  // namespace

void check_machine(const Machine& machine) {
  const auto paths = lines_of(machine.paths);
  const auto table = lines_of(machine.table);
  std::vector<std::string> phases;
  for (const auto& path : paths) phases.push_back(path[0].substr(0, path[0].size() - 1));
  REQUIRE(table.at(0) == phases);

  std::set<std::string_view> told;
  for (std::size_t row = 1; row < table.size(); ++row) {
    INFO("row " << table[row][0]);
    REQUIRE(table[row].size() == phases.size() + 1);
    told.insert(move_named(machine, table[row][0]).type);
    for (std::size_t i = 0; i < phases.size(); ++i) check_cell(machine, paths[i], table[row][0], table[row][i + 1]);
  }
  CHECK(table.size() == machine.moves.size() + 1);
  told.insert({"CorrectionRequested", "CorrectionDecided", "RetractionRequested", "RetractionDecided"});  // the same everywhere: corrections_test.cc
  for (const auto type : types_at_home(machine.kind)) CHECK(told.contains(type));
  hold_document_to(machine, phases, table);
}

}  // namespace samples
