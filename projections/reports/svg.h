// What every chart begins with, and how places are written.
#pragma once

#include "projections/reports/chart.h"
#include "projections/reports/markup.h"

namespace caseledger::reports {

// Hundredths of a percent: 4257 → "42.57%".
inline std::string percent(int hundredths) {
  const std::string rest = std::to_string(100 + hundredths % 100).substr(1);
  return std::to_string(hundredths / 100) + (rest == "00" ? "" : "." + rest) + "%";
}

inline std::string pixels(int n) { return std::to_string(n); }

inline Markup begun_chart(const Caption& caption, int height) {
  Markup svg;
  svg.open("svg", {{"class", "chart"}, {"id", caption.id}, {"role", "img"}, {"aria-labelledby", caption.id + "-t " + caption.id + "-d"}, {"width", "100%"}, {"height", pixels(height)}});
  svg.element("title", caption.title, {{"id", caption.id + "-t"}}).element("desc", caption.description, {{"id", caption.id + "-d"}});
  return svg;
}

}  // namespace caseledger::reports
