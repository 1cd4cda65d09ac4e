// Figures, what they mean, and who may do what.
#include <algorithm>
#include <boost/json/array.hpp>

#include "api/answers.h"
#include "api/as_of.h"
#include "api/figures_json.h"
#include "api/routes.h"
#include "api/story_json.h"
#include "api/stream_events.h"

namespace caseledger::api {

namespace json = boost::json;
using projections::FigureQuery;

namespace {

Result<std::vector<std::string>> dimensions_asked(const Query& query) {
  std::vector<std::string> by;
  auto rest = query.one("by");
  while (rest) {
    const auto comma = rest->find(',');
    const std::string dimension(rest->substr(0, comma));
    rest = comma == rest->npos ? std::nullopt : std::optional(rest->substr(comma + 1));
    if (std::ranges::find(reports::dimensions(), dimension) == reports::dimensions().end()) return fail(Errc::value_out_of_range, "no figure is split by " + quote(dimension));
    if (std::ranges::find(by, dimension) != by.end()) return fail(Errc::malformed, "by names " + dimension + " twice");
    by.push_back(dimension);
  }
  return by;
}

}  // namespace

// All of them, or those of one id and of the ids beneath it.
Result<Response> RouteTable::figures(const Call& call) const {
  std::vector<std::string> wanted;
  if (!call.place.empty()) wanted.push_back(call.place);
  if (!wanted.empty() && !reports::is_defined(wanted[0])) return fail(Errc::not_found, "there is no figure " + quote(wanted[0]));
  FigureQuery query;
  TRY_AS(by, dimensions_asked(call.query));
  query.by = std::move(by);
  if (const auto text = call.query.one("period")) {
    TRY_AS(period, parse_period(*text));
    query.period = period;
  }
  runner_.wait_for({ledger_.head().size}, config_.fold_wait);  // what was acknowledged before counts; the answer's as_of tells how far it went
  const auto [figures, folded] = runner_.read([&](const projections::Folds& folds, EntryIndex cursor, Micros clock) {
    query.as_of = clock;
    return std::pair(folds.figures(query, wanted), cursor);
  });
  if (figures.size() > config_.figures_max)
    return fail(Errc::too_large, std::to_string(figures.size()) + " figures; at most " + std::to_string(config_.figures_max) + " are answered at once: split by less, or ask for one");
  TRY_AS(as_of, as_of_size(ledger_.log(), folded.value));
  TRY_AS(point, as_of_json(ledger_, as_of));
  json::array list;
  list.reserve(figures.size());
  for (const auto& figure : figures) list.push_back(figure_to_json(figure, point, query.period));
  return json_answer(json::object{{"as_of", point}, {"figures", std::move(list)}});
}

Result<Response> RouteTable::definitions(const Call& call) const {
  json::array list, by;
  for (const reports::Definition& each : reports::definitions()) list.push_back(definition_to_json(each));
  for (const auto dimension : reports::dimensions()) by.emplace_back(dimension);
  return cached_answer(call.request, json_answer(json::object{{"definitions", std::move(list)}, {"dimensions", std::move(by)}}), "public, max-age=300");
}

Result<Response> RouteTable::authority(const Call&) const {
  // First the stream, then the authority: what is published with the stream's last event holds at least that event.
  const auto state = published_state(ledger_, rules::governance_stream(ledger_.origin()));
  if (!state && state.error().code != Errc::not_found) return std::unexpected(state.error());
  return json_answer(authority_to_json(ledger_.authority(), ledger_.log_vkey(), state ? state->version : 0));
}

}  // namespace caseledger::api
