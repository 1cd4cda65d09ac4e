#include "projections/episodes.h"

namespace caseledger::projections {

namespace {

constexpr char episode_tag = 'e', move_tag = 'm';
constexpr std::size_t episode_bytes = 3 + 3 * 8, move_bytes = 3 + 8;

Micros time_at(std::string_view key, std::size_t offset) { return load_le<Micros>(bytes_of(key).data() + offset); }

}  // namespace

std::string key_of(const Episode& episode) {
  std::string key{episode_tag, static_cast<char>(episode.type), static_cast<char>(episode.ending)};
  append_le(key, episode.start);
  append_le(key, episode.start_slack);
  append_le(key, episode.end);
  return key += episode.state;
}

std::string key_of(const StockMove& move) {
  std::string key{move_tag, static_cast<char>(move.type), static_cast<char>(move.move)};
  append_le(key, move.recorded_at);
  return key += move.state;
}

std::optional<Episode> episode_of(std::string_view key) {
  if (key.size() < episode_bytes || key[0] != episode_tag) return std::nullopt;
  return Episode{.type = static_cast<schema::CaseType>(key[1]),
                 .state = key.substr(episode_bytes),
                 .start = time_at(key, 3),
                 .start_slack = time_at(key, 11),
                 .ending = static_cast<Ending>(key[2]),
                 .end = time_at(key, 19)};
}

std::optional<StockMove> stock_move_of(std::string_view key) {
  if (key.size() < move_bytes || key[0] != move_tag) return std::nullopt;
  return StockMove{.type = static_cast<schema::CaseType>(key[1]),
                   .state = key.substr(move_bytes),
                   .move = static_cast<Move>(key[2]),
                   .recorded_at = time_at(key, 3)};
}

}  // namespace caseledger::projections
