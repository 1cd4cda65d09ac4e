// An edition: a published report as a value, and its one form in bytes.
//
// It is a pure function of (log prefix, template, parameters, the edition before it), and names each of them: two machines make the same
// bytes. The bytes are canonical JSON (RFC 8785), their SHA-256 is the edition's digest, and that is what a report.released event signs.
// CSV and HTML are renderings of it.
//
// One metric split one way is a Table; what makes its rows comparable stands there once. Numbers of any size are exact: counts are integers,
// values and intervals decimals in text with six places, or whole numbers, durations in microseconds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/core/hash.h"
#include "ledger/core/id.h"

namespace caseledger::reports {

inline constexpr std::size_t edition_bytes_max = 64 << 20;

// One figure of a table. What is withheld has neither numerator, denominator, value nor interval.
struct Row {
  std::vector<std::string> group = {};  // a value for each of the table's dimensions, in their order
  std::optional<std::int64_t> numerator = {}, denominator = {};
  std::optional<std::string> value = {};
  std::optional<std::pair<std::string, std::string>> interval = {};  // 95 %
  std::vector<std::string> flags = {};                               // "no_data", "not_reached", "not_representative", …
  std::string note = {};                                             // what only this row has to say
  std::string withheld = {};                                         // by which rule it is not told: "primary", "complementary", …; empty: told

  friend bool operator==(const Row&, const Row&) = default;
};

// One metric, split by dimensions; over everything without any, and then it has one row. Rows ascend by group.
struct Table {
  std::string id;  // of the metric: "R1"
  std::string title;
  std::string unit;
  std::uint32_t definition = 1;
  std::vector<std::string> by = {};
  std::string note = {};  // what holds for every row
  std::vector<Row> rows = {};

  friend bool operator==(const Table&, const Table&) = default;
};

// A section without anything to count keeps its tables, and says so.
struct Section {
  std::string id;  // "T1"
  std::string title;
  bool no_data = false;
  std::vector<Table> tables = {};

  friend bool operator==(const Section&, const Section&) = default;
};

// What has to hold between the figures of every edition; one that does not hold keeps the edition from being released.
struct Check {
  std::string id;        // "T1.fates"
  std::string sentence;  // what has to equal what, with the numbers found
  bool holds = true;

  friend bool operator==(const Check&, const Check&) = default;
};

struct Period {
  Micros from, to;    // [from, to)
  std::string label;  // 2024, 2024-Q1, 2024-03, or FROM/TO as dates

  friend bool operator==(const Period&, const Period&) = default;
};

// The checkpoint it is made at: everything in the log's first `size` entries.
struct AsOfCheckpoint {
  std::uint64_t size = 0;
  Hash root;
  Micros recorded_at = 0;  // of its last entry: the clock of every figure

  friend bool operator==(const AsOfCheckpoint&, const AsOfCheckpoint&) = default;
};

// The policy that says what is withheld: a published one by its stream's id, or the built-in one by its name.
struct Suppression {
  std::string policy, version;
  Hash parameters;  // SHA-256 of their canonical JSON

  friend bool operator==(const Suppression&, const Suppression&) = default;
};

// A figure that an earlier edition told otherwise. Empty: it was not there, is not there any more, or is withheld.
struct Change {
  std::string table;
  std::vector<std::string> by, group;
  std::string was, now;
  std::vector<std::string> why = {};  // "late_records", "suppression", …: restate.h

  friend bool operator==(const Change&, const Change&) = default;
};

// What an edition of the same template and period gives way to, and how it differs.
struct Restatement {
  Hash supersedes;     // its digest
  std::string reason;  // the publisher's, in words
  // What the log took in between the two as-ofs: events from before the period's end and from after it, and decisions on older ones.
  std::uint64_t late_records = 0, later_events = 0, corrections = 0, retractions = 0;
  std::vector<Change> changes = {};

  friend bool operator==(const Restatement&, const Restatement&) = default;
};

struct Edition {
  std::string origin;  // of the ledger
  std::string template_id, template_version;
  Period period;
  AsOfCheckpoint as_of;
  std::string definitions_version;
  std::optional<Suppression> suppression;  // none: nothing in it is subject to suppression
  std::optional<Hash> previous;            // digest of the edition that suppression had to reckon with
  std::optional<Restatement> restatement;
  std::vector<Section> sections;
  std::vector<Check> checks;

  bool releasable() const;  // every check holds
  friend bool operator==(const Edition&, const Edition&) = default;
};

// Errors: value_out_of_range (a count beyond 2^53 − 1), too_large.
Result<std::string> edition_json(const Edition& edition);

// Reads what edition_json writes, and nothing else: a member that is missing, unknown or of another type is refused with its place
// ("sections[3].tables[0].rows[2].numerator: …"), and so is any other spelling of the same value. Errors: malformed, too_large.
Result<Edition> parse_edition(std::string_view json);

// Of the bytes as they lie.
inline Hash edition_digest(std::string_view json) { return sha256(bytes_of(json)); }

// An edition read from its bytes: what later ones have as an input.
struct EditionFile {
  Edition edition;
  Hash digest;
};
Result<EditionFile> read_edition(std::string_view json);

// "R1", "T1.reports by country, channel": how sentences name a table; with a group, one of its rows: "T1.reports by country = US".
std::string name_of(const Table& table);
std::string name_of(const Table& table, const Row& row);

}  // namespace caseledger::reports
