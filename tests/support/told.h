// A log told in words: one event at a time as its NDJSON has it, for streams that have no builder of their own.
//
// In a body "@90m", "@5h" and "@-2d" stand for times so long after the beginning of 2024, "#7" for stream 7 and "$7" for subject 7.
#pragma once

#include "tests/support/figures.h"

namespace stories {

struct How {
  bool imported = false;
  std::string purpose = {};
  std::string source = "legacy";
  std::string recorded = {};  // at the earliest; empty: as it happens
  std::string precision = {};
};

class Told {
 public:
  // Kind, stream and type, the next version, and when it happened and was recorded: "alert 1 AlertRaised", "@5h".
  Version tell(std::string_view what, std::string_view at, std::string_view body, const How& how = {});

  std::span<const Fact> facts() const { return facts_; }

  // One figure in one line, without its interval.
  std::string said(const Projection& projection, std::string_view id, const FigureQuery& query, std::string_view group = {}) const;

 private:
  std::deque<Buffer> events_;
  std::vector<Fact> facts_;
  std::unordered_map<StreamId, Version> versions_;
};

// "@90m" as a time.
Micros when(std::string_view at);

inline FigureQuery by_then(std::string_view at, std::vector<std::string> by = {}) { return as_of(when(at), std::move(by)); }

}  // namespace stories
