// What units of one sort handle beside the posts they are given (T14): their shares of the work, and of the posts.
#pragma once

#include "projections/allocations.h"
#include "projections/sheet.h"

namespace caseledger::projections {

// What the figures of a sort of unit are called, by id and in words.
struct WorkloadNames {
  std::string_view id, dimension;            // "T14.queue", "queue"
  std::string_view posts, share_of_posts;    // titles
  std::string_view work;                     // "items": the unit, and the end of the id
  std::string_view all_work, share_of_work;  // titles
  std::string_view no_work;                  // the note where nothing came to a unit
};

class Workload {
 public:
  Workload(const WorkloadNames& names, const FigureQuery& query) : names_(names), query_(query), rows_(groups_for<Row>(query, {{names.dimension, ""}})) {}

  void add_work(std::string_view unit, std::int64_t n);
  // So many that are alike.
  void add_posts(const Allocation& allocation, std::int64_t n);

  // The work is counted by days (days.h).
  std::vector<Figure> figures() const;

 private:
  struct Row {
    std::int64_t work = 0;
    std::optional<Decimal> posts;  // none: nothing was given
  };
  void write_posts(Sheet& sheet, const Row& row) const;
  void write_work(Sheet& sheet, const Row& row) const;

  const WorkloadNames& names_;
  const FigureQuery& query_;
  std::map<Group, Row> rows_;
  std::int64_t all_work_ = 0;
  Decimal all_posts_;
};

}  // namespace caseledger::projections
