// Editions: those released, for everyone and forever, and what one would say now, for auditors.
#include <algorithm>
#include <boost/json/array.hpp>

#include "api/answers.h"
#include "api/as_of.h"
#include "api/editions.h"
#include "api/routes.h"
#include "ledger/history.h"
#include "projections/reports/preview.h"
#include "projections/reports/publishable.h"

namespace caseledger::api {

namespace json = boost::json;

namespace {
constexpr std::string_view forever = "public, max-age=31536000, immutable";
constexpr std::string_view a_day = "public, max-age=86400";  // another version of the program may write it otherwise
}

Result<Response> RouteTable::editions(const Call& call) const {
  TRY_AS(all, releases_.list());
  json::array list;
  for (const auto& release : all) list.push_back(release_to_json(release, all));
  return cached_answer(call.request, json_answer(json::object{{"editions", std::move(list)}}), "public, max-age=60");
}

Result<Response> RouteTable::edition_json(const Call& call) const {
  TRY_AS(published, releases_.find(call.place));
  return kept_answer(call.request, published->json, "application/json", forever);
}

Result<Response> RouteTable::edition_rendering(const Call& call, std::string_view suffix) const {
  TRY_AS(published, releases_.find(call.place));
  const auto rendered = std::ranges::find(published->renderings, suffix, [](const auto& each) { return each.suffix; });
  ENSURE(rendered != published->renderings.end());
  return kept_answer(call.request, rendered->body, rendered->content_type, a_day);
}

Result<Response> RouteTable::edition_html(const Call& call) const { return edition_rendering(call, ".html"); }
Result<Response> RouteTable::edition_csv(const Call& call) const { return edition_rendering(call, ".csv"); }
Result<Response> RouteTable::edition_csvw(const Call& call) const { return edition_rendering(call, ".csv-metadata.json"); }
Result<Response> RouteTable::edition_datapackage(const Call& call) const { return edition_rendering(call, ".datapackage.json"); }

// The receipt of the release event; it is under the latest checkpoint, and so another one tomorrow.
Result<Response> RouteTable::edition_proof(const Call& call) const {
  TRY_AS(published, releases_.find(call.place));
  const Head head = ledger_.head();
  TRY_AS(proof, caseledger::receipt(ledger_.log(), ledger_.tiles(), published->release.position, false, head.size, head.checkpoint));
  return cached_answer(call.request, text_answer(proof.text(), "text/plain; charset=utf-8"), "public, max-age=60");
}

Result<Response> RouteTable::edition_event(const Call& call) const {
  TRY_AS(published, releases_.find(call.place));
  TRY_AS(stored, ledger_.log().event(published->release.position));
  return cached_answer(call.request, text_answer(std::string(text_of(stored.bytes)), "application/octet-stream"), forever);
}

// Of a template, what suppression has to reckon with; nothing before the first.
Result<std::optional<reports::EditionFile>> RouteTable::latest_edition(std::string_view template_id) const {
  TRY_AS(all, releases_.list());
  const auto last = std::ranges::find(all.rbegin(), all.rend(), template_id, &reports::Release::template_id);
  if (last == all.rend()) return std::optional<reports::EditionFile>();
  TRY_AS(published, releases_.find(reports::place_of(*last)));
  TRY_AS(edition, reports::read_edition(published->json.bytes));
  return std::optional(std::move(edition));
}

std::optional<reports::EditionFile> RouteTable::released_edition(const Hash& digest) const {
  const auto all = releases_.list();
  if (!all) return std::nullopt;
  const auto release = std::ranges::find(*all, digest, &reports::Release::sha256);
  if (release == all->end()) return std::nullopt;
  const auto published = releases_.find(reports::place_of(*release));
  if (!published) return std::nullopt;
  auto edition = reports::read_edition((*published)->json.bytes);
  return edition && edition->digest == digest ? std::optional(std::move(*edition)) : std::nullopt;
}

// As of what is folded: the head, or nearly.
Result<Response> RouteTable::report(const Call& call) const {
  TRY_AS(of, reports::find_template(call.place));
  const auto asked = call.query.one("period");
  if (!asked) return fail(Errc::malformed, "of which period? period=2024, 2024-Q3, 2024-03 or FROM/TO");
  TRY_AS(period, parse_report_period(*asked));
  TRY_AS(previous, latest_edition(of->id));
  runner_.wait_for({ledger_.head().size}, config_.fold_wait);
  const auto made = runner_.read([&](const projections::Folds& folds, EntryIndex folded, Micros) -> Result<reports::Preview> {
    TRY_AS(as_of, as_of_checkpoint(ledger_, folded.value));
    TRY_AS(in_force, adopted(ledger_, folded.value));
    TRY_AS(governed, in_force.governed(folded.value, reports::events_of(ledger_.log()).entry_at));
    TRY_AS(suppression, reports::suppression_rules(in_force, as_of.recorded_at));
    const reports::Terms terms{ledger_.origin(), period, as_of, governed, previous ? &*previous : nullptr};
    TRY_AS(edition, reports::make_edition(folds, *of, terms));
    const auto before = reports::editions_before(terms.previous, [&](const Hash& digest) { return released_edition(digest); });
    if (!before.complete) return fail(Errc::not_found, "an edition that suppression has to reckon with is not here: sha256 " + hex(before.editions.back().previous->bytes));
    TRY_AS(report, reports::make_publishable(edition, folds, *of, terms, suppression, before.editions));
    return reports::Preview{std::move(edition), std::move(report)};
  });
  if (!made) return std::unexpected(made.error());
  TRY_AS(text, reports::preview_json(*made));
  return text_answer(std::move(text), "application/json");
}

}  // namespace caseledger::api
