#include "projections/reports/blocks.h"

#include <algorithm>
#include <map>

#include "projections/reports/markup.h"

namespace caseledger::reports {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string horizon_words(std::string_view horizon) {
  const std::string number(horizon.substr(0, horizon.size() - 1));
  const std::string_view unit = horizon.back() == 'h' ? "hour" : horizon.back() == 'd' ? "day" : "year";
  return number + " " + std::string(unit) + (number == "1" ? "" : "s");
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  return at == text.npos || what.empty() ? text : text.replace(at, what.size(), with);
}

std::string joined(const std::vector<std::string>& dimensions) {
  std::string out;
  for (const std::string& dimension : dimensions) out += (out.empty() ? "" : ".") + anchor(dimension);
  return out;
}

std::string by_words(const Table& table) {
  std::string out = "By ";
  for (const std::string& dimension : table.by) {
    std::string words = dimension_words(dimension);
    if (words.size() > 1 && words[1] >= 'a' && words[0] >= 'A' && words[0] <= 'Z') words[0] = static_cast<char>(words[0] - 'A' + 'a');
    out += (&dimension == &table.by.front() ? "" : " and ") + words;
  }
  return out;
}

// What figures of one family share, and what tells this one from the others.
struct Family {
  Block::Kind kind = Block::Kind::list;
  std::string key, title, label;
  std::string counted = key;  // there have to be enough of these
};

Family family_of(const Table& table) {
  if (!table.by.empty() || table.rows.size() != 1) return {Block::Kind::matrix, "-by-" + joined(table.by), by_words(table), {}};
  if (table.unit == "us" && !quantile_of(table.id).empty()) {
    const std::string label = table.title.substr(0, table.title.find(": within"));
    return {Block::Kind::quantiles, "q", "How long it took", label, "q" + label};
  }
  if (const auto horizon = horizon_of(table.id); !horizon.empty())
    return {Block::Kind::horizons, "h" + replaced(table.id, horizon, "*"), replaced(table.title, " " + std::string(horizon), " each time"), horizon_words(horizon)};
  const auto colon = table.title.rfind(": ");
  if (colon == table.title.npos) return {Block::Kind::list, {}, {}, table.title};
  const auto& row = table.rows.front();
  return {Block::Kind::parts, "p" + table.unit + "/" + table.title.substr(0, colon) + "/" + (row.denominator ? std::to_string(*row.denominator) : ""), table.title.substr(0, colon),
          value_words("", table.title.substr(colon + 2))};
}

std::size_t least_of(Block::Kind kind) { return kind == Block::Kind::quantiles ? 2 : 3; }

bool value_comes_before(const std::string& a, const std::string& b) {
  const auto number = [](const std::string& text) { return text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin())); };
  const std::string left = number(a), right = number(b);
  if (left.empty() || right.empty() || left == right) return a < b;
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

std::string fragment_of(const Table& table, const Row* row) {
  std::string out = anchor(table.id);
  if (!table.by.empty()) out += "-by-" + joined(table.by);
  if (row)
    for (const std::string& value : row->group) {
      const std::string written = anchor(value);
      out += '-';
      for (const char c : written) out += c == '-' && row->group.size() > 1 ? "~2d" : std::string(1, c);
    }
  return out;
}

void add_rows(Block& block, const Table& table, Fragments& fragments) {
  const auto first = static_cast<std::ptrdiff_t>(block.entries.size());
  for (const Row& row : table.rows) block.entries.push_back({&table, &row, group_words(table.by, row.group), {}});
  std::stable_sort(block.entries.begin() + first, block.entries.end(), [](const Entry& a, const Entry& b) { return comes_before(a.row->group, b.row->group); });
  for (auto entry = block.entries.begin() + first; entry != block.entries.end(); ++entry) entry->id = fragments.take(fragment_of(table, entry->row));
}

}  // namespace

std::string_view quantile_of(std::string_view id) {
  const auto dot = id.rfind(".p");
  if (dot == id.npos || dot + 2 == id.size() || !std::ranges::all_of(id.substr(dot + 2), is_digit)) return {};
  return id.substr(dot + 1);
}

std::string_view horizon_of(std::string_view id) {
  for (std::size_t begin = 0; begin < id.size();) {
    const std::size_t end = std::min(id.find('.', begin), id.size());
    const std::string_view part = id.substr(begin, end - begin);
    if (part.size() >= 2 && std::string_view("hdy").find(part.back()) != part.npos && std::ranges::all_of(part.substr(0, part.size() - 1), is_digit)) return part;
    begin = end + 1;
  }
  return {};
}

bool comes_before(const std::vector<std::string>& group, const std::vector<std::string>& other) {
  return std::ranges::lexicographical_compare(group, other, value_comes_before);
}

std::string Fragments::take(const std::string& wanted) {
  std::string fragment = wanted;
  for (int n = 2; !taken_.insert(fragment).second; ++n) fragment = wanted + "~" + std::to_string(n);
  return fragment;
}

std::vector<Block> blocks_of(const Section& section, Fragments& fragments) {
  std::map<std::string, std::size_t> members;
  for (const Table& table : section.tables) ++members[family_of(table).counted];
  std::vector<Block> blocks;
  std::map<std::string, std::size_t> started;  // family → its block
  for (const Table& table : section.tables) {
    if (table.rows.empty()) continue;
    Family family = family_of(table);
    const bool is_alone = family.kind == Block::Kind::matrix && members[family.counted] < least_of(family.kind);
    if (is_alone) family = {Block::Kind::split, "s" + fragment_of(table, nullptr), table.title, {}};
    else if (members[family.counted] < least_of(family.kind)) family = {Block::Kind::list, {}, {}, table.title};
    const auto [at, is_new] = started.try_emplace(family.key, blocks.size());
    if (is_new) {
      const std::string name = family.kind == Block::Kind::matrix ? anchor(section.id) + family.key : fragment_of(table, nullptr);
      blocks.push_back({family.kind, title_words(family.title), fragments.take("table-" + name), {}});
    }
    Block& block = blocks[at->second];
    if (family.kind == Block::Kind::split || family.kind == Block::Kind::matrix) add_rows(block, table, fragments);
    else block.entries.push_back({&table, &table.rows.front(), title_words(family.label), fragments.take(fragment_of(table, nullptr))});
  }
  std::ranges::stable_partition(blocks, [](const Block& block) { return block.kind == Block::Kind::list; });
  return blocks;
}

}  // namespace caseledger::reports
