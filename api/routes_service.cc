// The service itself: what there is, how it is, and its contract.
#include <boost/json/object.hpp>

#include "api/answers.h"
#include "api/openapi_text.h"
#include "api/problem.h"
#include "api/routes.h"
#include "projections/reports/front.h"

namespace caseledger::api {

Result<Response> RouteTable::index(const Call& call) const {
  TRY_AS(all, releases_.list());
  const Head head = ledger_.head();
  return cached_answer(call.request, text_answer(reports::render_front(ledger_.origin(), head.size, head.recorded_at, all), "text/html; charset=utf-8"), "public, max-age=60");
}

Result<Response> RouteTable::openapi(const Call& call) const {
  return cached_answer(call.request, text_answer(std::string(openapi_text()), "application/yaml"), "private, max-age=300");
}

Result<Response> RouteTable::healthz(const Call&) const { return json_answer(boost::json::object{{"status", "alive"}}); }

Result<Response> RouteTable::readyz(const Call& call) const {
  const auto unready = [&](const Error& error) { return unavailable(call.here ? error : told_to_strangers(error)); };
  if (const auto failure = ledger_.failure()) return unready({failure->code, "the ledger has stopped recording: " + failure->sentence});
  if (const auto failure = ledger_.folds_failure()) return unready({failure->code, "the folds are no longer written: " + failure->sentence});
  if (const auto failure = runner_.failure()) return unready({failure->code, "the projections have stopped: " + failure->sentence});
  const std::uint64_t folded = runner_.cursor().value, size = ledger_.head().size;
  if (size - folded > config_.projection_lag_entries_max)
    return unready({Errc::overloaded, "the projections are " + std::to_string(size - folded) + " entries behind the log"});
  return json_answer(boost::json::object{{"status", "ready"}});
}

Result<Response> RouteTable::metrics(const Call&) const {
  return text_answer(metrics_.text(ledger_, runner_), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace caseledger::api
