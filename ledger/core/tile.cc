// C2SP tlog-tiles: paths, widths and the nodes inside a tile.
#include <algorithm>
#include <cstdio>

#include "ledger/core/merkle.h"

namespace caseledger {

std::string path_number(std::uint64_t number) {
  char group[8];
  std::snprintf(group, sizeof group, "%03u", static_cast<unsigned>(number % 1000));
  std::string path = group;
  while ((number /= 1000) > 0) {
    std::snprintf(group, sizeof group, "x%03u", static_cast<unsigned>(number % 1000));
    path = std::string(group) + '/' + path;
  }
  return path;
}

namespace {
std::string partial(unsigned width) { return width == 256 ? "" : ".p/" + std::to_string(width); }
}  // namespace

std::string tile_path(const TileId& tile) {
  return "tile/" + std::to_string(tile.level) + '/' + path_number(tile.index) + partial(tile.width);
}

std::string entries_path(std::uint64_t index, unsigned width) { return "tile/entries/" + path_number(index) + partial(width); }

Result<TileId> parse_entries_path(std::string_view path) {
  const auto bad = [&] { return fail(Errc::not_found, "no tile has the path " + quote(path)); };
  TileId tile;
  std::string_view number = path;
  if (const auto at = path.find(".p/"); at != std::string_view::npos) {
    const auto width = from_decimal(path.substr(at + 3));
    if (!width || *width == 0 || *width > 255) return bad();
    tile.width = static_cast<unsigned>(*width);
    number = path.substr(0, at);
  }
  std::string digits;
  for (char c : number)
    if (c >= '0' && c <= '9') digits += c;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() > 19) return bad();
  if (!digits.empty()) tile.index = *from_decimal(digits);
  if (path_number(tile.index) != number) return bad();
  return tile;
}

Result<TileId> parse_tile_path(std::string_view path) {
  const auto slash = path.find('/');
  const auto level = from_decimal(path.substr(0, slash));
  if (slash == std::string_view::npos || !level || *level > 63)
    return fail(Errc::not_found, "no tile has the path " + quote(path));
  TRY_AS(tile, parse_entries_path(path.substr(slash + 1)));
  tile.level = static_cast<unsigned>(*level);
  return tile;
}

unsigned tile_width(unsigned level, std::uint64_t index, std::uint64_t size) {
  if (level > 7) return 0;
  const std::uint64_t hashes = size >> 8 * level;
  if (index > hashes >> 8) return 0;
  return static_cast<unsigned>(std::min<std::uint64_t>(256, hashes - (index << 8)));
}

Hash node_from_tile(Node node, std::span<const Hash> tile) {
  const unsigned height = node.level % 8;
  const std::uint64_t first = (node.index << height) & 255, count = std::uint64_t{1} << height;
  ENSURE(first + count <= tile.size());
  return tree_head(tile.subspan(first, count));
}

}  // namespace caseledger
