// A published year in another size: every table whole numbers that add up, by largest remainder, and how its reports lie in them.
#pragma once

#include "api/simulate/apportion.h"
#include "api/simulate/published.h"

namespace caseledger::api::simulate {

// Counts × numerator ÷ denominator, halves upwards. 1:N is {1, N}.
struct Size {
  std::uint64_t numerator = 1, denominator = 1;
  std::uint64_t of(std::uint64_t count) const { return proportion(count, numerator, denominator); }
};

// Columns of referred and of `cell` below.
enum Detail : std::size_t { actionable, informational };
inline constexpr std::size_t details = 2;
// A recipient class and a level of detail, as one number.
constexpr std::size_t referral_cell(std::size_t recipient, std::size_t detail) { return recipient * details + detail; }

struct ReportTables {
  unsigned year = 0;
  std::uint64_t reports = 0, incidents = 0;
  std::vector<std::uint64_t> by_source;    // providers() and, last, the public
  std::vector<std::uint64_t> by_location;  // UserLocation
  std::vector<std::uint64_t> by_type;      // incident_types()
  std::uint64_t images = 0, videos = 0, other_files = 0;
  std::vector<std::uint64_t> referred;     // referral_cell()
  std::vector<std::uint64_t> feedback;     // by recipient class; never more than are actionable
  std::vector<std::uint64_t> by_country;   // countries()
  std::vector<std::uint64_t> by_state;     // states(), and last those in the U.S. without one; not published: all without one

  std::uint64_t referrals() const;
};
// One incident a report, unless the caller says otherwise.
ReportTables tables_of(const PublishedYear& year, Size size);

// Reports that have a user location and list a country, which are two different things: as many of each as the tables say. What is listed
// is what is determined wherever the tables leave room for it.
struct Whereabouts {
  UserLocation location;
  std::size_t country;  // index into countries()
};
struct WhereTable {
  std::vector<Whereabouts> slots;  // those in the U.S. first, then the unknown ones, then the international ones
  std::vector<std::uint64_t> reports;
};
WhereTable lie(const ReportTables& tables);

}  // namespace caseledger::api::simulate
