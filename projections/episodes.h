// The cells of the recovery projection: what it keeps the sums of, and how their keys are written.
//
// An episode is one missing child of one case. There is a cell for every distinct one, with all that figures ask about it, so that any rate
// over any period comes from the sums exactly; and one for every distinct move of the open stock (what kind, recorded when).
#pragma once

#include "projections/clocks.h"
#include "projections/packed.h"
#include "projections/projection.h"

namespace caseledger::projections {

enum class Ending : std::uint8_t {
  missing,             // none yet
  missing_long_term,   // none yet, active work suspended
  recovered,           // back alive
  deceased,            // found dead
  transferred,         // from here on not observed by us
  withdrawn,
  closed_unresolved,   // aged out, located and not returned, or closed for another reason without a recovery on record
};

constexpr bool is_open(Ending ending) { return ending == Ending::missing || ending == Ending::missing_long_term; }
constexpr bool is_resolved(Ending ending) { return ending == Ending::recovered || ending == Ending::deceased; }

// What a recovery is owed to.
struct Credit {
  std::uint32_t weight_millionths = 0;
  schema::AttributionSource source = schema::AttributionSource::unset;
  bool direct = false;
};

inline constexpr std::uint8_t age_unknown = 255;

struct Episode {
  schema::CaseType type = schema::CaseType::unset;          // at intake
  schema::CaseType type_current = schema::CaseType::unset;  // as reclassified
  std::string state = {};
  Moment start{0, 0};                 // where no clock is chosen
  Clocks clocks = {};
  Ending ending = Ending::missing;
  Micros end = 0;                     // 0 while open
  bool state_care = false, trafficking = false;
  std::uint8_t age = age_unknown;
  std::string sex = {}, race = {};    // codes; several of race are "multiple"
  SubjectId child = {};               // nil while nobody is named
  std::vector<Credit> credits = {};   // of its resolution
};

// What adds to the open stock or takes from it.
enum class Move : std::uint8_t { opened, reopened, recovered, closed_unresolved, merged, transferred, withdrawn, voided };
constexpr bool adds(Move move) { return move == Move::opened || move == Move::reopened; }

struct StockMove {
  schema::CaseType type = schema::CaseType::unset;
  std::string state;
  Move move = Move::opened;
  Micros recorded_at = 0;
};

std::string key_of(const Episode& episode);
std::string key_of(const StockMove& move);

// Which of the two a key is.
std::optional<Episode> episode_of(std::string_view key);
std::optional<StockMove> stock_move_of(std::string_view key);

// The figures that these sums give.
std::vector<Figure> recovery_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
