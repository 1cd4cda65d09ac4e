#include "projections/allocations.h"

#include <algorithm>
#include <charconv>

#include "ledger/core/event.h"
#include "projections/counts.h"

namespace caseledger::projections {

void take(std::vector<Allocation>& allocations, const schema::ResourceAllocated& body) {
  Allocation fresh{.unit = body.unit(),
                   .budget_stated = body.budget_usd().has_value(),
                   .fte_hundredths = body.fte_hundredths(),
                   .budget_usd = body.budget_usd().value_or(0),
                   .name = std::string(text_of(body.unit_name())),
                   .period = std::string(text_of(body.period()))};
  std::erase_if(allocations, [&](const Allocation& a) { return a.unit == fresh.unit && a.name == fresh.name && a.period == fresh.period; });
  allocations.push_back(std::move(fresh));
}

std::optional<Window> named(std::string_view period) {
  const auto number = [](std::string_view digits) -> int {
    int n = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    return error == std::errc() && end == digits.data() + digits.size() ? n : -1;
  };
  const int year = period.size() >= 4 ? number(period.substr(0, 4)) : -1;
  if (year < 1970) return std::nullopt;
  const Month january = (year - 1970) * 12;
  const auto span = [](Month first, Month months) { return Window{begin_of(first), begin_of(first + months)}; };
  if (period.size() == 4) return span(january, 12);
  if (period.size() != 7 || period[4] != '-') return std::nullopt;
  if (period[5] == 'Q') {
    const int quarter = number(period.substr(6));
    return quarter >= 1 && quarter <= 4 ? std::optional(span(january + (quarter - 1) * 3, 3)) : std::nullopt;
  }
  const int month = number(period.substr(5));
  return month >= 1 && month <= 12 ? std::optional(span(january + month - 1, 1)) : std::nullopt;
}

Window asked(const FigureQuery& query) { return query.period ? Window{query.period->from, query.period->to} : Window{query.as_of, query.as_of + 1}; }

std::optional<Decimal> posts_in(const Allocation& allocation, const FigureQuery& query) {
  constexpr Micros second = 1'000'000;
  const auto time = named(allocation.period);
  if (!time) return std::nullopt;
  const Window all = asked(query);
  const Micros from = std::max(all.from, time->from), to = std::min(all.to, time->to);
  if (from >= to) return std::nullopt;
  const Decimal posts = Decimal::scaled(allocation.fte_hundredths, 2);
  return query.period ? posts * Decimal((to - from) / second) / Decimal(std::max<Micros>(1, (all.to - all.from) / second)) : posts;
}

}  // namespace caseledger::projections
