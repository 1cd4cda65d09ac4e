#include <array>

#include "projections/automation_rows.h"
#include "projections/decimal.h"
#include "projections/packed.h"
#include "projections/rows.h"

namespace caseledger::projections {

std::string_view name(Basis basis) {
  switch (basis) {
    case Basis::rule: return "rule";
    case Basis::model: return "model";
    case Basis::human: return "human";
    case Basis::assertion: return "assertion";
  }
  return "?";
}

namespace {

using schema::ContentViewed;

constexpr Basis bases[] = {Basis::rule, Basis::model, Basis::human, Basis::assertion};

struct DecisionRow {
  std::array<std::int64_t, std::size(bases)> by_basis{};
  std::int64_t all = 0, opaque = 0, automated = 0, looked_at = 0, overridden = 0, designated = 0, solely = 0;

  void add(const Decision& decision, std::int64_t n) {
    all += n;
    by_basis[static_cast<std::size_t>(decision.basis)] += n;
    if (decision.opaque) opaque += n;
    const bool machine = is_automated(decision.basis);
    if (decision.standing) designated += n;
    if (decision.standing && machine && !decision.item_reviewed && !decision.overridden) solely += n;
    if (!machine) return;
    automated += n;
    if (decision.looked_at) looked_at += n;
    if (decision.overridden) overridden += n;
  }

  void write(Sheet& sheet) const {
    sheet.count("T3.decisions", "Designations and priorities decided", "decisions", all);
    for (const Basis basis : bases) {
      const std::string word(name(basis));
      sheet.share("T3.basis." + word, "Of the decisions, those by " + word, by_basis[static_cast<std::size_t>(basis)], all);
    }
    sheet.share("T3.opaque", "Of the decisions, those by a model whose score cannot be computed again from the log", opaque, all);
    sheet.share("T3.solely", "Of the designations that stand, those by rule or model that no person has looked at", solely, designated);
    sheet.share("T3.override_rate", "Of the automated decisions, those overridden", overridden, automated);
    sheet.share("T3.override_rate.looked_at", "Of the automated decisions that a person has looked at, those overridden", overridden, looked_at);
  }
};

struct OverrideRow {
  std::int64_t all = 0, up = 0;

  void add(const Override& each, std::int64_t n) {
    all += n;
    if (each.up) up += n;
  }
  void write(Sheet& sheet) const {
    sheet.count("T3.overrides", "Decisions replaced by a person", "overrides", all);
    sheet.share("T3.overrides.up", "Of the overrides, those upwards", up, all);
    sheet.share("T3.overrides.down", "Of the overrides, those downwards", all - up, all);
  }
};

struct ScoreRow {
  std::int64_t all = 0, opaque = 0;

  void add(const Score& each, std::int64_t n) {
    all += n;
    if (each.opaque) opaque += n;
  }
  void write(Sheet& sheet) const {
    sheet.count("T3.scores", "Scores given", "scores", all);
    sheet.share("T3.scores.recomputable", "Of the scores, those that can be computed again from the log", all - opaque, all);
  }
};

// Reviews, and how far two people who looked at the same agree: J. Cohen's kappa, Educational and Psychological Measurement 20 (1960).
struct ReviewRow {
  static constexpr std::size_t conclusions = static_cast<std::size_t>(schema::Designation::MAX) + 1;
  std::int64_t all = 0, human = 0, viewed = 0, viewed_or_not = 0, twice = 0, agreed = 0;
  std::array<std::int64_t, conclusions> first{}, second{};

  void add(const Review& each, std::int64_t n) {
    all += n;
    if (!each.human) return;
    human += n;
    if (each.viewed == ContentViewed::yes) viewed += n;
    if (each.viewed == ContentViewed::yes || each.viewed == ContentViewed::no) viewed_or_not += n;
  }
  void add(const Twice& each, std::int64_t n) {
    twice += n;
    if (each.first == each.second) agreed += n;
    first[static_cast<std::size_t>(each.first)] += n;
    second[static_cast<std::size_t>(each.second)] += n;
  }

  void write(Sheet& sheet) const {
    sheet.count("T3.reviews", "Reviews", "reviews", all);
    sheet.share("T3.reviews.human", "Of the reviews, those by a person", human, all);
    sheet.share("T3.reviews.content_viewed", "Of the reviews by a person of what has content, those in which it was viewed", viewed, viewed_or_not);
    Figure& kappa = sheet.add("T3.kappa", "Agreement of two people who reviewed the same item, Cohen's kappa", "ratio");
    kappa.numerator = agreed;
    kappa.denominator = twice;
    kappa.note = "of the items in the denominator the two agree on the numerator; kappa takes off what chance would give";
    Decimal by_chance = 0;
    for (std::size_t i = 0; i < conclusions; ++i) by_chance += Decimal(first[i]) * second[i];
    const Decimal square = Decimal(twice) * twice;
    if (twice == 0) kappa.flags.push_back("no_data");
    else if (by_chance == square) kappa.flags.push_back("not_defined");
    else kappa.value = ((Decimal(agreed) * twice - by_chance) / (square - by_chance)).fixed();
  }
};

// "018c0200-…/1", each made once.
class PolicyNames {
 public:
  std::string_view of(const PolicyVersion& policy) {
    const auto [named, fresh] = names_.try_emplace({policy.policy, policy.version});
    if (fresh) named->second = to_string(policy.policy) + '/' + std::to_string(policy.version);
    return named->second;
  }

 private:
  std::map<std::pair<StreamId, Version>, std::string> names_;
};

}  // namespace

std::vector<Figure> automation_figures(const Cells& cells, const FigureQuery& query) {
  PolicyNames policies;
  auto decisions = rows_of<DecisionRow>(query, Decision{}, [&](const Decision& d) {
    const std::string_view decision = d.designates ? "designation" : "priority";
    return dimensions({{"decision", decision}, {"basis", name(d.basis)}, {"policy", policies.of(d.policy)}, {"jurisdiction", d.jurisdiction}});
  });
  auto overrides = rows_of<OverrideRow>(query, Override{}, [](const Override& o) {
    return dimensions({{"reason", o.reason}, {"jurisdiction", o.jurisdiction}});
  });
  auto scores = rows_of<ScoreRow>(query, Score{}, [&](const Score& s) { return dimensions({{"policy", policies.of(s.policy)}, {"jurisdiction", s.jurisdiction}}); });
  auto reviews = rows_of<ReviewRow>(query, Review{}, [](const auto& r) { return dimensions({{"jurisdiction", r.jurisdiction}}); });
  const auto read = [&]<class Cell>(auto& rows, const std::optional<Cell>& cell, std::int64_t n) {
    if (cell && counts_day(query, cell->day)) rows.add(*cell, n);
  };
  for (const auto& [key, n] : cells.counts()) {
    read(decisions, cell_of<Decision>(key), n);
    read(overrides, cell_of<Override>(key), n);
    read(scores, cell_of<Score>(key), n);
    read(reviews, cell_of<Review>(key), n);
    read(reviews, cell_of<Twice>(key), n);
  }
  std::vector<Figure> figures;
  decisions.write(figures);
  overrides.write(figures);
  scores.write(figures);
  reviews.write(figures);
  define_by_days(query, figures);
  return figures;
}

}  // namespace caseledger::projections
