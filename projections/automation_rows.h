// The cells of the automation projection: what is alike and happened on one day.
#pragma once

#include "projections/days.h"
#include "projections/projection.h"

namespace caseledger::projections {

enum class Basis : std::uint8_t { rule, model, human, assertion };  // assertion: a provider escalates, or danger is imminent
constexpr bool is_automated(Basis basis) { return basis == Basis::rule || basis == Basis::model; }
std::string_view name(Basis basis);

// A version of a policy: the event that published it.
struct PolicyVersion {
  StreamId policy;
  Version version = 0;

  friend bool operator==(const PolicyVersion&, const PolicyVersion&) = default;
};

struct Decision {
  static constexpr char sort = 'd';
  Day day = 0;
  Basis basis = Basis::human;
  bool designates = false;  // or else it sets a priority
  bool standing = false;    // the item's last designation
  bool opaque = false, looked_at = false, overridden = false;
  bool item_reviewed = false;  // by a person, before or after
  PolicyVersion policy;
  std::string jurisdiction;
};

struct Override {
  static constexpr char sort = 'o';
  Day day = 0;
  bool up = false;
  std::string reason, jurisdiction;
};

struct Score {
  static constexpr char sort = 's';
  Day day = 0;
  bool opaque = false;
  PolicyVersion policy;
  std::string jurisdiction;
};

struct Review {
  static constexpr char sort = 'r';
  Day day = 0;
  bool human = false;
  schema::ContentViewed viewed = schema::ContentViewed::unset;
  std::string jurisdiction;
};

// What two different people concluded about one item.
struct Twice {
  static constexpr char sort = 't';
  Day day = 0;  // of the second
  schema::Designation first = schema::Designation::unset, second = schema::Designation::unset;
  std::string jurisdiction;
};

std::vector<Figure> automation_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
