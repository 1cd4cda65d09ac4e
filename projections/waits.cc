#include "projections/waits.h"

#include <algorithm>

namespace caseledger::projections {

void Waits::add(Micros begun, Micros reached, Micros gone, std::int64_t count) {
  const auto came = [&](Micros at) { return at != 0 && at <= as_of_; };
  const bool event = came(reached);
  const Micros end = event ? reached : came(gone) ? gone : as_of_;
  const Micros lasted = std::max<Micros>(0, end - begun);
  tallies_.push_back(event ? Tally{lasted, count, 0} : Tally{lasted, 0, count});
}

void write_waits(Sheet& sheet, const std::string& id, const std::string& title, const Waits& waits, std::initializer_list<int> percents) {
  const SurvivalCurve curve = waits.curve();
  for (const int percent : percents) {
    const std::string p = std::to_string(percent);
    Figure& figure = sheet.add(id + ".p" + p, title + ": within this time for " + p + " %, by Kaplan-Meier", "us");
    figure.numerator = curve.events();
    figure.denominator = curve.observations();
    figure.note = "what still waits at the as-of counts as waiting that long";
    if (curve.observations() == 0) figure.flags.push_back("no_data");
    else if (const auto time = curve.quantile(Decimal::scaled(percent, 2))) figure.value = std::to_string(*time);
    else figure.flags.push_back("not_reached");
  }
}

}  // namespace caseledger::projections
