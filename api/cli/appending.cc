#include "api/cli/appending.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/folder.h"
#include "api/json.h"

namespace caseledger::api {

namespace json = boost::json;

namespace {

std::string padded(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < 12 ? 12 - digits.size() : 0, '0') + digits;
}

bool is_there(const frames::Rejected::Problem& problem) { return problem.code == name(Errc::already_recorded); }

}  // namespace

// ── tally ──

Result<void> Tally::ready() const {
  std::error_code error;
  if (!receipts_.empty()) std::filesystem::create_directories(receipts_, error);
  if (error) return fail(Errc::io, "cannot make " + receipts_.string() + ": " + error.message());
  return {};
}

void Tally::print(std::uint64_t first_line, std::size_t events, json::object rest) const {
  if (!print_) return;
  json::object line{{"line", first_line}, {"events", events}};
  for (auto& each : rest) line.emplace(each.key(), std::move(each.value()));
  std::cout << to_text(line) << '\n';
}

void Tally::answered(const std::shared_ptr<const LineBatch>& batch, const Client::Answer& answer) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t first_line = batch->first_line;
  const std::size_t events = batch->events.size();
  if (!answer) {
    if (set_aside(batch, answer.error())) return;
    const Error error = error_of(answer.error());
    if (!failure_) failure_ = error;
    return print(first_line, events, {{"refused", answer.error().code}, {"sentence", error.sentence}});
  }
  recorded_ += events;
  const Receipt& receipt = *answer;
  if (!receipts_.empty()) {
    const auto written = write_text(receipts_ / (padded(receipt.entry.first_position.value) + ".tlog-proof"), receipt.text());
    if (!written && !failure_) failure_ = written.error();
  }
  print(first_line, events, {{"first_position", receipt.entry.first_position.value}, {"entry", receipt.index.value}, {"recorded_at", to_rfc3339(receipt.entry.recorded_at)}});
}

// Where some of a batch is there already; and, behind one, where something is not there yet because it is in that one's rest.
bool Tally::set_aside(const std::shared_ptr<const LineBatch>& batch, const frames::Rejected& rejected) {
  const auto waits = [&](const frames::Rejected::Problem& problem) { return !aside_.empty() && problem.code == name(Errc::version_conflict); };
  if (rejected.events.empty() || !std::ranges::all_of(rejected.events, [&](const auto& each) { return is_there(each) || waits(each); })) return false;
  aside_.push_back(batch);
  return true;
}

std::vector<std::shared_ptr<const LineBatch>> Tally::take_aside() {
  const std::lock_guard lock(mutex_);
  std::ranges::sort(aside_, {}, [](const auto& each) { return each->first_line; });
  return std::exchange(aside_, {});
}

void Tally::was_there(std::uint64_t first_line, std::size_t events) {
  const std::lock_guard lock(mutex_);
  recorded_ += events;
  print(first_line, events, {{"already_recorded", true}});
}

std::uint64_t Tally::recorded() const {
  const std::lock_guard lock(mutex_);
  return recorded_;
}

bool Tally::failed() const {
  const std::lock_guard lock(mutex_);
  return failure_.has_value();
}

Exit Tally::end() const {
  const std::lock_guard lock(mutex_);
  if (!failure_) return Exit::ok;
  report(*failure_);
  return recorded_ > 0 ? Exit::partly : exit_of(failure_->code);
}

// ── batches ──

void Batcher::add(std::uint64_t line, Buffer event, std::vector<Opening> openings) {
  if (batch_.events.empty()) batch_.first_line = line;
  for (auto& opening : openings) {
    bytes_ += opening.plaintext.size() + 128;  // they go in the same frame
    opening.event = static_cast<std::uint16_t>(batch_.events.size());
    batch_.openings.push_back(std::move(opening));
  }
  bytes_ += event.size() + 64;
  batch_.events.push_back(std::move(event));
}

Submission Batcher::signed_of(const LineBatch& batch) const {
  const std::vector<Bytes> views(batch.events.begin(), batch.events.end());
  return {sign_batch(views, connection_.log.name, *connection_.key), batch.openings};
}

void Batcher::send() {
  if (batch_.events.empty()) return;
  const auto batch = std::make_shared<const LineBatch>(std::exchange(batch_, {}));
  bytes_ = 0;
  connection_.client->append(signed_of(*batch), [&tally = tally_, batch](Client::Answer answer) { tally.answered(batch, answer); });
}

LineBatch LineBatch::without(const std::vector<frames::Rejected::Problem>& recorded) const {
  LineBatch rest{first_line, {}, {}};
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (std::ranges::find(recorded, i, [](const auto& each) { return static_cast<std::size_t>(each.event); }) != recorded.end()) continue;
    for (Opening opening : openings) {
      if (opening.event != i) continue;
      opening.event = static_cast<std::uint16_t>(rest.events.size());
      rest.openings.push_back(std::move(opening));
    }
    rest.events.push_back(events[i]);
  }
  return rest;
}

void Batcher::send_rest() {
  for (const auto& batch : tally_.take_aside()) {
    auto left = batch;
    while (!left->events.empty() && !tally_.failed()) {
      const auto answer = connection_.client->append(signed_of(*left)).get();
      const bool some_is_there = !answer && !answer.error().events.empty() && std::ranges::all_of(answer.error().events, is_there);
      if (!some_is_there) {
        tally_.answered(left, answer);
        break;
      }
      tally_.was_there(left->first_line, answer.error().events.size());
      left = std::make_shared<const LineBatch>(left->without(answer.error().events));
    }
  }
}

}  // namespace caseledger::api
