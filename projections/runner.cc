#include "projections/runner.h"

#include <algorithm>

#include "ledger/history.h"
#include "projections/post.h"

namespace caseledger::projections {

namespace {

// One more recorded event. A decision that changes what earlier ones say refolds its stream, and nothing else.
Result<void> take(Folds& folds, const store::Log& log, const Fact& fact) {
  if (!rules::amends(fact.event)) return folds.apply(fact);
  TRY_AS(recorded, recorded_facts(log, fact.position, fact.event.version));
  return folds.refold(fact.event.stream, Standing(recorded.facts));
}

constexpr std::size_t lately_bytes_max = 40 << 20;  // of states, in all parts

// The rows that are written, as where states rest.
class WrittenStates final : public Shelf {
 public:
  WrittenStates(store::Folds& rows, std::string kind) : rows_(rows), kind_(std::move(kind)) {}

  Result<std::string> states(const StreamId& stream) const override {
    TRY_AS(row, rows_.row(kind_, Folds::stream_key(stream)));
    return row.value_or("");
  }
  Result<void> each(const std::function<void(const StreamId&, std::string_view)>& visit) const override {
    return rows_.each_row(kind_, "s", [&](std::string_view key, std::string_view states) -> Result<void> {
      TRY_AS(stream, Folds::stream_of_key(key));
      visit(stream, states);
      return {};
    });
  }
  Result<void> put(std::span<const Row> sorted) override { return rows_.add_rows(kind_, sorted); }

 private:
  store::Folds& rows_;
  const std::string kind_;
};

}  // namespace

// ── from the log alone ──

Result<Folds> rebuild(const store::Log& log, std::uint64_t size, unsigned threads, store::Heads* heads, const std::function<void(std::uint64_t)>& progress,
                      Shelf* shelf) {
  threads = std::max(1u, threads);
  std::vector<Folds> parts(threads);
  std::vector<std::optional<Error>> errors(threads);
  Post post(threads);
  const auto hear = [&](unsigned part, std::vector<Folds::Told> came) -> Result<void> {
    for (const Folds::Told& told : came) TRY(parts[part].hear(told));
    return {};
  };
  const auto read_for = [&](unsigned part, std::vector<Folds::Told>& to_others) -> Result<void> {
    Buffer scratch;
    std::uint64_t events = 0;
    TRY_AS(scan, log.scan({0}));
    for (; scan.valid(); scan.next()) {
      TRY_AS(row, scan.batch());
      TRY_AS(entry, scan.entry());
      if (row.index.value >= size) break;
      const auto fold_event = [&](const EventView& event, Position position) -> Result<void> {
        if (threads > 1 && Streams::part_of(event.stream, threads) != part) return {};
        if (heads) TRY(fold_head(log, event, position, *heads, nullptr));
        return take(parts[part], log, {event, position, row.index, entry.recorded_at, entry.author});
      };
      TRY(each_event(row, scratch, fold_event));
      TRY(hear(part, post.exchange(part, std::exchange(to_others, {}))));
      TRY(parts[part].make_room());
      events += row.count;
      if (part == 0 && progress) progress(events);
    }
    return scan.status();
  };
  const auto fold_part = [&](unsigned part) -> Result<void> {
    if (shelf) parts[part].rest_on(*shelf, lately_bytes_max / threads);
    std::vector<Folds::Told> to_others;
    parts[part].send_by([&, part](Folds::Told& told) {
      const bool to_other = Streams::part_of(told.to, threads) != part;
      if (to_other) to_others.push_back(std::move(told));
      return to_other;
    });
    auto folded = read_for(part, to_others);
    for (auto came = post.finish(part, std::exchange(to_others, {})); !came.empty(); came = post.finish(part, std::exchange(to_others, {})))
      if (folded) folded = hear(part, std::move(came));
    parts[part].send_by(nullptr);
    TRY(folded);
    if (shelf) return parts[part].put_to_rest();
    parts[part].settle();
    return {};
  };
  std::vector<std::thread> workers;
  for (unsigned part = 0; part < threads; ++part)
    workers.emplace_back([&, part] {
      if (auto folded = fold_part(part); !folded) errors[part] = folded.error();
    });
  for (auto& worker : workers) worker.join();
  for (auto& error : errors)
    if (error) return std::unexpected(std::move(*error));
  for (unsigned part = 1; part < threads; ++part) parts[0].merge(std::move(parts[part]));
  return std::move(parts[0]);
}

// ── following the log ──

namespace {
constexpr std::uint64_t run_events = 4'096;           // folded in one turn
constexpr std::uint64_t write_every_events = 65'536;
constexpr std::uint64_t far_behind_entries = 4'096;
constexpr auto idle_write = std::chrono::milliseconds(1000);

const std::string purged_key = "purged";  // among the rows: 8 bytes, the position behind the last excision that their files were purged of
}  // namespace

Runner::Runner(Ledger& ledger) : ledger_(ledger), shelf_(std::make_unique<WrittenStates>(ledger.folds(), folds_.kind_of_rows())) {}

Result<std::unique_ptr<Runner>> Runner::open(Ledger& ledger, const std::function<void(const Head& head)>& anew) {
  std::unique_ptr<Runner> runner(new Runner(ledger));
  TRY(runner->load(anew));
  runner->thread_ = std::thread([raw = runner.get()] { raw->run(); });
  return runner;
}

Result<void> Runner::load(const std::function<void(const Head& head)>& anew) {
  const std::string kind = folds_.kind_of_rows();
  TRY_AS(cursor, ledger_.folds().rows_cursor(kind));
  TRY(ledger_.folds().drop_others(cursor.value > 0 ? kind : ""));
  if (cursor.value > 0) {
    TRY(ledger_.folds().each_row(kind, "c", [&](std::string_view key, std::string_view value) { return folds_.load(key, value); }));
    TRY_AS(entry, ledger_.log().entry({cursor.value - 1}));
    cursor_ = written_ = cursor.value;
    as_of_ = entry.recorded_at;
  } else if (const Head head = ledger_.head(); head.size > far_behind_entries) {
    if (anew) anew(head);
    TRY_AS(folded, rebuild(ledger_.log(), head.size, std::thread::hardware_concurrency(), nullptr, {}, shelf_.get()));
    folds_ = std::move(folded);
    cursor_ = head.size;
    as_of_ = head.recorded_at;
  }
  folds_.rest_on(*shelf_, lately_bytes_max);
  return load_purged();
}

// What a crash left between rows that leave an event out and their purge is purged now.
Result<void> Runner::load_purged() {
  if (cursor_ == 0) return {};
  TRY_AS(last, ledger_.log().entry({cursor_ - 1}));
  const rules::Authority authority = ledger_.authority();
  for (const auto& [position, excision] : authority.excisions())
    if (excision.decided < last.end()) excised_ = std::max(excised_, excision.decided + 1);
  TRY_AS(purged, ledger_.folds().row(folds_.kind_of_rows(), purged_key));
  if (purged && purged->size() == 8) purged_.value = load_be<std::uint64_t>(bytes_of(*purged).data());
  return {};
}

Runner::~Runner() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

bool Runner::wait_for(EntryIndex size, std::chrono::milliseconds at_most) const {
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (cursor_ < size.value && !failure() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return cursor_ >= size.value;
}

std::optional<Error> Runner::failure() const {
  const std::lock_guard lock(failure_mutex_);
  return failure_;
}

void Runner::run() {
  Result<void> result;
  while (result && !stopping_) {
    ledger_.wait_beyond(cursor_, idle_write);
    const Head head = ledger_.head();
    if (head.size > cursor_) result = follow(head.size);
    else if (written_ < cursor_) result = write();
    else if (purged_ < excised_) result = purge();
  }
  if (result && written_ < cursor_) result = write();
  const std::lock_guard lock(failure_mutex_);
  if (!result) failure_ = result.error();
}

Result<void> Runner::follow(std::uint64_t size) {
  TRY_AS(scan, ledger_.log().scan({cursor_}));
  while (scan.valid() && cursor_ < size && !stopping_) {
    TRY(fold_run(scan, size));
    if (unwritten_events_ >= write_every_events) TRY(write());
  }
  return scan.status();
}

Result<void> Runner::fold_run(store::Log::Scan& scan, std::uint64_t size) {
  const auto lock = take_turn();
  const auto fold = [&]() -> Result<void> {
    Buffer scratch;
    for (std::uint64_t events = 0; events < run_events && scan.valid() && cursor_ < size; scan.next()) {
      TRY_AS(row, scan.batch());
      TRY_AS(entry, scan.entry());
      bool decides = false;
      TRY(each_event(row, scratch, [&](const EventView& event, Position position) {
        decides = decides || event.type == schema::Body::ProposalMade || event.type == schema::Body::ProposalApproved;
        return take(folds_, ledger_.log(), {event, position, row.index, entry.recorded_at, entry.author});
      }));
      if (decides) TRY(leave_out_excised(row.first, row.first + row.count));
      events += row.count;
      unwritten_events_ += row.count;
      as_of_ = entry.recorded_at;
      cursor_ = row.index.value + 1;
    }
    return {};
  };
  auto folded = fold();
  folds_.settle();  // whatever happened: readers come next
  return folded;
}

// Of a stream, before a position. What a commit under way, or a batch that is refused in the end, makes of its head is waited out.
Result<std::vector<store::StoredEvent>> Runner::durable_events(const StreamId& stream, Position end) const {
  for (;;) {
    const Head head = ledger_.head();
    const auto state = ledger_.heads().get(stream);
    if (state.last < head.next) {
      TRY_AS(last, ledger_.log().event(state.last));
      const auto is_last = [&](const EventView& event) { return event.stream == stream && event.version == state.version; };
      if (last.kind != ItemKind::event || is_last(view_event(last.bytes))) return walk(ledger_.log(), state.last, state.version, end);
    }
    if (stopping_) return fail(Errc::draining, "the ledger is shutting down");
    ledger_.wait_beyond(head.size, std::chrono::milliseconds(5));
  }
}

// As a retraction: the stream is what it would be without the event, up to here.
Result<void> Runner::leave_out_excised(Position from, Position end) {
  const rules::Authority authority = ledger_.authority();
  for (const auto& [position, excision] : authority.excisions()) {
    if (excision.decided < from || excision.decided >= end) continue;
    TRY_AS(stored, durable_events(excision.stream, end));
    TRY_AS(recorded, facts_of(ledger_.log(), std::move(stored)));
    TRY(folds_.refold(excision.stream, Standing(recorded.facts, excision.version)));
    excised_ = std::max(excised_, excision.decided + 1);
  }
  return {};
}

Result<void> Runner::write() {
  const std::string kind = folds_.kind_of_rows();
  std::vector<Folds::Row> rows;
  {
    const auto lock = take_turn();
    rows = folds_.take_changes();
  }
  TRY(ledger_.folds().write_rows(kind, rows, {cursor_}));
  {
    const auto lock = take_turn();
    TRY(folds_.make_room());
  }
  written_ = cursor_;
  unwritten_events_ = 0;
  return purge();
}

// What the written rows left out leaves the files; noted once it has, as a crash before that means once more. Of a file that is being read
// later.
Result<void> Runner::purge() {
  if (purged_ == excised_) return {};
  auto purged = ledger_.folds().purge();
  if (!purged && purged.error().code == Errc::overloaded) return {};
  TRY(std::move(purged));
  std::string behind(8, '\0');
  store_be(reinterpret_cast<std::uint8_t*>(behind.data()), excised_.value);
  const Folds::Row row{purged_key, behind};
  TRY(ledger_.folds().write_rows(folds_.kind_of_rows(), std::span(&row, 1), {written_}));
  purged_ = excised_;
  return {};
}

}  // namespace caseledger::projections
