#include "projections/waits.h"

#include <algorithm>

namespace caseledger::projections {

void Waits::add(Micros begun, Micros reached, Micros gone, std::int64_t count) {
  const auto came = [&](Micros at) { return at != 0 && at <= as_of_; };
  const bool event = came(reached);
  const Micros end = event ? reached : came(gone) ? gone : as_of_;
  this->end(std::max<Micros>(0, end - begun), event, count);
}

void Waits::add(Day begun_on, std::uint32_t slot, std::int64_t count) {
  const Waited wait = waited(slot);
  const Micros lasted = wait.as == Waited::As::waiting ? std::max<Micros>(0, as_of_ - begin_of_day(begun_on) - wait.lasted) : wait.lasted;
  end(lasted, wait.as == Waited::As::reached, count);
}

void Waits::end(Micros lasted, bool event, std::int64_t count) {
  Ended& ended = ended_[lasted];
  (event ? ended.events : ended.censored) += count;
}

SurvivalCurve Waits::curve() const {
  std::vector<Tally> tallies;
  tallies.reserve(ended_.size());
  for (const auto& [lasted, ended] : ended_) tallies.push_back({lasted, ended.events, ended.censored});
  return SurvivalCurve(std::move(tallies));
}

void write_waits(Sheet& sheet, const std::string& id, const std::string& title, const Waits& waits, std::initializer_list<int> percents) {
  const SurvivalCurve curve = waits.curve();
  for (const int percent : percents) {
    const std::string p = std::to_string(percent);
    Figure& figure = sheet.add(id + ".p" + p, title + ": within this time for " + p + " %, by Kaplan-Meier", "us");
    figure.numerator = curve.events();
    figure.denominator = curve.observations();
    figure.note = "what still waits at the as-of counts as waiting that long";
    if (waits.grain() == Waits::Grain::binned) {
      figure.definition = 2;
      figure.note += "; times in seconds to three leading digits, rounded down";
    }
    if (curve.observations() == 0) figure.flags.push_back("no_data");
    else if (const auto time = curve.quantile(Decimal::scaled(percent, 2))) figure.value = std::to_string(*time);
    else figure.flags.push_back("not_reached");
  }
}

}  // namespace caseledger::projections
