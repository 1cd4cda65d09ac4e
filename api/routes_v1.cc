// Figures, what they mean, and who may do what.
#include <algorithm>
#include <boost/json/array.hpp>

#include "api/answers.h"
#include "api/as_of.h"
#include "api/figures_json.h"
#include "api/routes.h"
#include "api/story_json.h"
#include "api/stream_events.h"
#include "ledger/core/hash.h"

namespace caseledger::api {

namespace json = boost::json;
using projections::FigureQuery;

// The folds as of the point asked for: those at the head or, where that is soon done, folded anew. read(folds, as_of) → Result.
template <class Read>
auto RouteTable::read_folds(const Call& call, Read read) const -> std::invoke_result_t<Read, const projections::Folds&, const AsOf&> {
  runner_.wait_for({ledger_.head().size}, config_.fold_wait);  // what was acknowledged before counts; the answer's as_of tells how far it went
  std::optional<AsOf> asked;
  if (const auto text = call.query.one("as_of")) {
    TRY_AS(parsed, parse_as_of(ledger_.log(), as_of_head(ledger_.head()), *text));
    asked = parsed;
  }
  auto answer = runner_.read([&](const projections::Folds& folds, EntryIndex cursor, Micros) -> std::optional<std::invoke_result_t<Read, const projections::Folds&, const AsOf&>> {
    if (asked && asked->size != cursor.value) return std::nullopt;
    const auto here = as_of_size(ledger_.log(), cursor.value);
    if (!here) return std::unexpected(here.error());
    return read(folds, *here);
  });
  if (answer) return std::move(*answer);
  if (asked->next.value > config_.refolded_events_max)
    return fail(Errc::value_out_of_range, "figures are kept at the head alone; as of " + std::to_string(asked->size) + " entries, " + std::to_string(asked->next.value) +
                                              " events have to be folded anew: caseledger figures --dir DIR --as-of entries:" + std::to_string(asked->size));
  const std::unique_lock lock(refolding_, std::try_to_lock);
  if (!lock) return fail(Errc::overloaded, "figures of another point of the log are being folded; ask again");
  TRY_AS(folds, projections::rebuild(ledger_.log(), asked->size, 1));
  return read(folds, *asked);
}

namespace {

// All but the clock, which is the as-of's.
Result<FigureQuery> figure_query(const Query& asked) {
  FigureQuery query;
  if (const auto text = asked.one("by")) {
    TRY_AS(by, parse_dimensions(*text));
    query.by = std::move(by);
  }
  if (const auto text = asked.one("period")) {
    TRY_AS(period, parse_period(*text));
    query.period = period;
  }
  return query;
}

}  // namespace

// All of them, or those of one id and of the ids beneath it.
Result<Response> RouteTable::figures(const Call& call) const {
  std::vector<std::string> wanted;
  if (!call.place.empty()) wanted.push_back(call.place);
  if (!wanted.empty() && !reports::is_defined(wanted[0])) return fail(Errc::not_found, "there is no figure " + quote(wanted[0]));
  TRY_AS(query, figure_query(call.query));
  AsOf as_of;
  TRY_AS(figures, read_folds(call, [&](const projections::Folds& folds, const AsOf& point) -> Result<std::vector<projections::Figure>> {
           as_of = point;
           query.as_of = point.recorded_at.value_or(0);
           return folds.figures(query, wanted);
         }));
  if (figures.size() > config_.figures_max)
    return fail(Errc::too_large, std::to_string(figures.size()) + " figures; at most " + std::to_string(config_.figures_max) + " are answered at once: split by less, or ask for one");
  TRY_AS(point, as_of_json(ledger_, as_of));
  json::array list;
  list.reserve(figures.size());
  for (const auto& figure : figures) list.push_back(figure_to_json(figure, point, query.period));
  return json_answer(json::object{{"as_of", point}, {"figures", std::move(list)}});
}

// The streams that make up a figure, each with its own share and the events that the figure reads.
Result<Response> RouteTable::figure_events(const Call& call) const {
  const auto& defined = reports::definitions();
  if (std::ranges::find(defined, call.place, &reports::Definition::id) == defined.end()) {
    const auto beneath = std::ranges::find_if(defined, [&](const auto& each) { return each.id.starts_with(call.place + '.'); });
    if (beneath == defined.end()) return fail(Errc::not_found, "there is no figure " + quote(call.place));
    return fail(Errc::not_found, quote(call.place) + " stands for several figures; ask for the events of one of them, such as " + std::string(beneath->id));
  }
  TRY_AS(query, figure_query(call.query));
  TRY_AS(limit, call.query.number("limit", config_.page_events, 1, config_.page_events_max));
  std::optional<StreamId> after;
  if (const auto text = call.query.one("after")) {
    TRY_AS(stream, parse_uuid(*text));
    after = stream;
  }
  AsOf as_of;
  TRY_AS(found, read_folds(call, [&, most = limit](const projections::Folds& folds, const AsOf& point) -> Result<projections::Contributors> {
           as_of = point;
           query.as_of = point.recorded_at.value_or(0);
           if (const auto all = ledger_.heads().size(); all > config_.contributing_streams_max)
             return fail(Errc::too_large, "the shares of " + std::to_string(all) + " streams are too many for an answer: caseledger figures " + call.place + " --events --dir DIR");
           return projections::contributors(folds, call.place, query, after, most);
         }));
  TRY_AS(point, as_of_json(ledger_, as_of));
  json::array streams;
  for (const auto& each : found.first) {
    TRY_AS(recorded, events_before(ledger_, each.stream, as_of.next, ~Version{0}));
    streams.push_back(contributor_to_json(each, *found.projection, recorded.facts));
  }
  json::object body{{"as_of", std::move(point)}, {"id", call.place}, {"streams", std::move(streams)}};
  if (!found.more) return json_answer(body);
  const std::string next = to_string(found.first.back().stream);
  body.emplace("next", next);
  Response response = json_answer(body);
  response.headers.emplace_back("Link", "<" + call.request.path + '?' + call.query.with("after", next) + ">; rel=\"next\"");
  return response;
}

Result<Response> RouteTable::definitions(const Call& call) const {
  json::array list, by;
  for (const reports::Definition& each : reports::definitions()) list.push_back(definition_to_json(each));
  for (const auto dimension : reports::dimensions()) by.emplace_back(dimension);
  return cached_answer(call.request, json_answer(json::object{{"definitions", std::move(list)}, {"dimensions", std::move(by)}}), "public, max-age=300");
}

namespace {

// The publication that was adopted, as it stands; its parameters are not told: whoever knows the weights knows how to stay below them.
Result<std::optional<json::object>> policy_to_json(const Ledger& ledger, const rules::Authority::Adoption& adoption, Position limit, Version events_max) {
  TRY_AS(recorded, events_before(ledger, adoption.policy, limit, events_max));
  const projections::Standing standing(recorded.facts);
  const auto fact = std::ranges::find(standing.facts(), adoption.version, [](const projections::Fact& each) { return each.event.version; });
  if (fact == standing.facts().end() || fact->event.type != schema::Body::PolicyPublished) return std::nullopt;
  const auto& policy = fact->event.body<schema::PolicyPublished>();
  json::object out{{"policy", to_string(adoption.policy)}, {"version", policy.version()->str()}, {"kind", schema::EnumNamePolicyKind(policy.kind())}};
  out.emplace("published_at", exact_number(fact->position.value));
  out.emplace("adopted_at", exact_number(adoption.adopted.value));
  out.emplace("effective_from", to_rfc3339(adoption.effective_from));
  if (const auto until = policy.effective_to()) out.emplace("effective_to", to_rfc3339(*until));
  out.emplace("document_sha256", hex({reinterpret_cast<const std::uint8_t*>(policy.document_sha256()), 32}));
  out.emplace("parameters_sha256", hex(sha256(bytes_of(text_of(policy.parameters()))).bytes));
  out.emplace("summary", policy.summary_public()->str());
  return out;
}

}  // namespace

Result<Response> RouteTable::policies(const Call& call) const {
  const Head head = ledger_.head();
  const auto authority = authorities_.current();
  json::array list;
  for (const auto& adoption : authority->adoptions()) {
    if (adoption.adopted >= head.next) continue;
    TRY_AS(policy, policy_to_json(ledger_, adoption, head.next, config_.stream_events_max));
    if (policy) list.push_back(std::move(*policy));
  }
  return cached_answer(call.request, json_answer(json::object{{"policies", std::move(list)}}), "public, max-age=60");
}

Result<Response> RouteTable::log_keys(const Call&) const {
  const auto authority = authorities_.current();
  const auto state = published_state(ledger_, rules::governance_stream(ledger_.origin()));
  if (!state && state.error().code != Errc::not_found) return std::unexpected(state.error());
  TRY_AS(proofs, successions(ledger_.log(), ledger_.tiles(), *authority, state ? state->last : Position{}, state ? state->version : 0));
  return json_answer(log_keys_to_json(ledger_.origin(), authority->log_keys(), proofs));
}

Result<Response> RouteTable::authority(const Call&) const {
  // First the stream, then the authority: what is published with the stream's last event holds at least that event.
  const auto state = published_state(ledger_, rules::governance_stream(ledger_.origin()));
  if (!state && state.error().code != Errc::not_found) return std::unexpected(state.error());
  return json_answer(authority_to_json(ledger_.authority(), ledger_.log_vkey(), state ? state->version : 0));
}

}  // namespace caseledger::api
