// What folds come to: figures, digests, and rows on disk.
#include <algorithm>

#include "ledger/core/running_hash.h"
#include "projections/fold.h"
#include "projections/packed.h"
#include "projections/states.h"

namespace caseledger::projections {

namespace {

std::string numbers_of(const Sums& sums) {
  std::string bytes;
  for (const Number& number : sums) {
    inside_packed::put(bytes, Slot{number.slot});
    inside_packed::put(bytes, std::int64_t{number.n});  // a copy: nothing may refer to it where it stands
  }
  return bytes;
}

bool read_numbers(std::string_view bytes, std::vector<Number>& numbers) {
  std::uint64_t slot = 0, n = 0;
  while (!bytes.empty()) {
    if (!inside_packed::read_number(bytes, slot) || slot > UINT32_MAX || !inside_packed::read_number(bytes, n)) return false;
    numbers.push_back({static_cast<Slot>(slot), inside_packed::signed_of(n)});
  }
  return true;
}

void append_row(Buffer& rows, std::string_view key, std::string_view value) {
  append_le(rows, static_cast<std::uint32_t>(key.size()));
  append(rows, bytes_of(key));
  append_le(rows, static_cast<std::uint32_t>(value.size()));
  append(rows, bytes_of(value));
}

// Whether figures of a projection are of a family that something wanted is of: "T8" of "T8.lapsed". Its figures over nothing tell.
bool may_tell(const Projection& projection, std::span<const std::string> wanted) {
  const auto family = [](std::string_view id) { return id.substr(0, id.find('.')); };
  const auto is_wanted = [&](const Figure& figure) {
    return std::ranges::any_of(wanted, [&](const std::string& id) { return family(id) == family(figure.id); });
  };
  return wanted.empty() || std::ranges::any_of(projection.figures(Cells{}, FigureQuery{}), is_wanted);
}

template <class Map>
auto sorted_keys(const Map& map) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  std::ranges::sort(keys);
  return keys;
}

}  // namespace

// ── reading ──

unsigned Folds::number_of(const Projection& projection) const {
  const auto found = std::ranges::find(projections_, &projection);
  ENSURE(found != projections_.end());
  return static_cast<unsigned>(found - projections_.begin());
}

const Cells& Folds::cells(const Projection& projection) const {
  ENSURE(unsettled_.empty() && (!anew_ || streams_.size() == 0));
  return cells_[number_of(projection)];
}

std::size_t Folds::cells() const {
  std::size_t all = 0;
  for (const Cells& cells : cells_) all += cells.size();
  return all;
}

std::vector<Figure> Folds::figures(const FigureQuery& query, std::span<const std::string> wanted) const {
  std::vector<Figure> all;
  FigureQuery asked = query;
  asked.wanted.assign(wanted.begin(), wanted.end());
  for (const Projection* projection : projections_) {
    if (!may_tell(*projection, wanted)) continue;
    for (Figure& figure : projection->figures(cells(*projection), asked))
      if (wanted.empty() || std::ranges::any_of(wanted, [&](const std::string& id) { return figure.id == id || figure.id.starts_with(id + '.'); }))
        all.push_back(std::move(figure));
  }
  return all;
}

// In the order of streams: those in memory are sorted, those at rest lie so, and whatever is in memory is newer.
Result<void> Folds::each_states(const std::function<void(const StreamId&, std::string_view)>& visit) const {
  std::vector<std::pair<StreamId, std::string_view>> here;
  here.reserve(streams_.size());
  streams_.each([&](const StreamId& stream, std::string_view states) { here.emplace_back(stream, states); });
  std::ranges::sort(here);
  auto next = here.begin();
  const auto visit_here = [&] {
    if (!next->second.empty()) visit(next->first, next->second);
    ++next;
  };
  if (shelf_)
    TRY(shelf_->each([&](const StreamId& stream, std::string_view states) {
      while (next != here.end() && next->first < stream) visit_here();
      if (next == here.end() || next->first != stream) visit(stream, states);
    }));
  while (next != here.end()) visit_here();
  return {};
}

Result<void> Folds::each_stream(const Projection& projection, const std::function<void(const StreamId&, const Cells&)>& visit) const {
  const unsigned number = number_of(projection);
  return each_states([&](const StreamId& stream, std::string_view states) {
    States of(states);
    const std::string_view state = of.of(number);
    if (state.empty()) return;
    Cells share;
    projection.contribute(state, Share(stream, share, 1, Heard(of.of(States::heard + number))));
    visit(stream, share);
  });
}

Result<std::map<std::string_view, Hash>> Folds::digests() const {
  std::vector<RunningHash> running(projections_.size());
  Buffer row;
  const auto add = [&](unsigned number, std::string_view key, std::string_view value) {
    row.clear();
    append_row(row, key, value);
    running[number].add(row);
  };
  for (unsigned number = 0; number < projections_.size(); ++number) {
    const Cells& cells = this->cells(*projections_[number]);
    for (const std::string_view key : sorted_keys(cells.all())) add(number, 'c' + std::string(key), numbers_of(cells.at(key)));
  }
  TRY(each_states([&](const StreamId& stream, std::string_view states) {
    for (States each(states); !each.done(); each.next())
      add(each.number() % States::heard, each.number() < States::heard ? stream_key(stream) : 'h' + stream_key(stream), each.state());
  }));
  std::map<std::string_view, Hash> digests;
  for (unsigned number = 0; number < projections_.size(); ++number) digests[projections_[number]->id()] = running[number].end();
  return digests;
}

// ── rows ──

std::string Folds::stream_key(const StreamId& stream) { return 's' + std::string(text_of(stream.bytes)); }

Result<StreamId> Folds::stream_of_key(std::string_view key) {
  StreamId stream;
  if (key.size() != 1 + stream.bytes.size() || key[0] != 's') return fail(Errc::malformed, "a row of the projections is damaged; rebuild them");
  std::memcpy(stream.bytes.data(), key.data() + 1, stream.bytes.size());
  return stream;
}

std::string Folds::kind_of_rows() const {
  constexpr std::uint64_t layout = 2;  // of the rows themselves
  std::string kinds = packed(layout);
  for (const Projection* projection : projections_) {
    inside_packed::put(kinds, std::string(projection->id()));
    inside_packed::put(kinds, projection->version());
  }
  return "projections-" + hex(Bytes(sha256(bytes_of(kinds)).bytes).first(8));
}

std::vector<Folds::Row> Folds::take_changes() {
  settle();
  if (std::exchange(all_unwritten_, anew_)) {
    unwritten_.clear();
    streams_.each([&](const StreamId& stream, std::string_view) { unwritten_.push_back(stream); });
  }
  std::ranges::sort(unwritten_);
  unwritten_.erase(std::ranges::unique(unwritten_).begin(), unwritten_.end());
  std::vector<Row> rows;
  for (unsigned number = 0; number < projections_.size(); ++number)
    for (const std::string& key : cells_[number].take_touched())
      rows.emplace_back(std::string{'c', static_cast<char>(number)} + key, numbers_of(cells_[number].at(key)));
  for (const StreamId& stream : std::exchange(unwritten_, {})) {
    const std::string_view states = streams_.find(stream);
    if (streams_.contains(stream)) streams_.mark(streams_.place(stream), false, false);
    rows.emplace_back(stream_key(stream), states);
  }
  return rows;
}

Result<void> Folds::load(std::string_view key, std::string_view value) {
  const bool is_stream = key.starts_with('s') && key.size() == 17 && States::are(value, projections_.size());
  const bool is_cell = key.starts_with('c') && key.size() >= 2 && static_cast<std::uint8_t>(key[1]) < cells_.size();
  std::vector<Number> numbers;
  if (!(is_stream || (is_cell && read_numbers(value, numbers)))) return fail(Errc::malformed, "a row of the projections is damaged; rebuild them");
  anew_ = all_unwritten_ = false;
  if (is_cell) {
    cells_[static_cast<std::uint8_t>(key[1])].load(key.substr(2), numbers);
  } else {
    streams_.set(streams_.place(*stream_of_key(key)), value);
  }
  return {};
}

}  // namespace caseledger::projections
