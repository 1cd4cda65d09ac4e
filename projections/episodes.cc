#include "projections/episodes.h"

namespace caseledger::projections {

namespace {

constexpr char episode_tag = 'e', move_tag = 'm';

template <class Cell>
std::optional<Cell> cell_of(char tag, std::string_view key) {
  if (!key.starts_with(tag)) return std::nullopt;
  return unpacked<Cell>(key.substr(1));
}

}  // namespace

std::string key_of(const Episode& episode) { return cell_key(episode_tag, episode); }
std::string key_of(const StockMove& move) { return cell_key(move_tag, move); }

std::optional<Episode> episode_of(std::string_view key) { return cell_of<Episode>(episode_tag, key); }
std::optional<StockMove> stock_move_of(std::string_view key) { return cell_of<StockMove>(move_tag, key); }

}  // namespace caseledger::projections
