// The strict reading of an edition: the first thing that is not as edition_json writes it is told with its place.
#include <boost/json.hpp>

#include "ledger/rules/canonical_json.h"
#include "projections/reports/edition.h"

namespace caseledger::reports {

namespace {

namespace json = boost::json;

// The first fault is kept, and what is read after it does not matter.
class Faults {
 public:
  void tell(const std::string& place, const std::string& what) {
    if (!first_) first_ = Error{Errc::malformed, (place.empty() ? "the edition" : place) + ": " + what};
  }
  const std::optional<Error>& first() const { return first_; }

 private:
  std::optional<Error> first_;
};

// 12, -3, 0.914265: what is told as a number is one, to spreadsheets too.
bool is_figure(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto is_digits = [](std::string_view part) { return !part.empty() && part.find_first_not_of("0123456789") == part.npos; };
  const auto point = text.find('.');
  return is_digits(text.substr(0, point)) && (point == text.npos || (text.size() - point == 7 && is_digits(text.substr(point + 1))));
}

// A value with its place.
struct At {
  const json::value* value;  // null: it is not there, which has been told
  std::string place;
  Faults* faults;

  template <class Wanted>
  const Wanted* as(const Wanted* found, const char* wanted) const {
    if (value && !found) faults->tell(place, std::string(wanted) + " belongs here");
    return found;
  }
  std::string text() const {
    const auto* found = as(value ? value->if_string() : nullptr, "a text");
    return found ? std::string(*found) : std::string();
  }
  bool truth() const {
    const auto* found = as(value ? value->if_bool() : nullptr, "true or false");
    return found && *found;
  }
  std::int64_t number() const {
    const auto* found = as(value ? value->if_int64() : nullptr, "an integer");
    return found ? *found : 0;
  }
  std::uint64_t count() const {
    const std::int64_t found = number();
    if (found < 0) faults->tell(place, "a count is never negative");
    return static_cast<std::uint64_t>(found);
  }
  Micros time() const {
    if (const auto instant = parse_rfc3339(text())) return instant->at;
    faults->tell(place, "an RFC 3339 time belongs here");
    return 0;
  }
  Hash hash(const Result<Buffer>& bytes) const {
    if (const auto exact = exactly<32>(bytes)) return {*exact};
    faults->tell(place, "a SHA-256 hash belongs here");
    return {};
  }
  std::string figure() const {
    std::string found = text();
    if (!is_figure(found)) faults->tell(place, "a whole number or a decimal with six places belongs here");
    return found;
  }
  Hash hex_hash() const { return hash(from_hex(text())); }
  Hash base64_hash() const { return hash(from_base64(text())); }

  template <class Read>
  auto list(Read read) const {
    std::vector<decltype(read(*this))> all;
    if (const auto* found = as(value ? value->if_array() : nullptr, "a list"))
      for (std::size_t i = 0; i < found->size(); ++i) all.push_back(read(At{&(*found)[i], place + '[' + std::to_string(i) + ']', faults}));
    return all;
  }
  std::vector<std::string> texts() const {
    return list([](const At& each) { return each.text(); });
  }
};

// An object whose members are taken one by one; end() refuses what nobody took.
class Members {
 public:
  explicit Members(At at) : at_(std::move(at)), object_(at_.as(at_.value ? at_.value->if_object() : nullptr, "an object")) {}

  At must(std::string_view name) {
    const At found = find(name);
    if (object_ && !found.value) at_.faults->tell(found.place, "is missing");
    return found;
  }
  std::optional<At> may(std::string_view name) {
    const At found = find(name);
    return found.value ? std::optional(found) : std::nullopt;
  }
  std::string text(std::string_view name) { return must(name).text(); }
  std::string text_or_none(std::string_view name) {
    const auto found = may(name);
    return found ? found->text() : std::string();
  }
  std::vector<std::string> texts_or_none(std::string_view name) {
    const auto found = may(name);
    return found ? found->texts() : std::vector<std::string>();
  }
  void end() {
    if (!object_ || taken_.size() == object_->size()) return;
    for (const auto& member : *object_)
      if (std::ranges::find(taken_, std::string_view(member.key())) == taken_.end()) at_.faults->tell(place_of(member.key()), "no such member belongs here");
  }

 private:
  std::string place_of(std::string_view name) const { return (at_.place.empty() ? "" : at_.place + '.') + std::string(name); }
  At find(std::string_view name) {
    const json::value* value = object_ ? object_->if_contains(name) : nullptr;
    if (value) taken_.push_back(name);
    return {value, place_of(name), at_.faults};
  }

  At at_;
  const json::object* object_;
  std::vector<std::string_view> taken_;
};

Row read_row(const At& at, std::size_t dimensions) {
  Members members(at);
  Row row;
  row.group = members.texts_or_none("group");
  if (row.group.size() != dimensions) at.faults->tell(at.place + ".group", "the table has " + std::to_string(dimensions) + " dimensions, the row " + std::to_string(row.group.size()));
  if (const auto numerator = members.may("numerator")) row.numerator = numerator->number();
  if (const auto denominator = members.may("denominator")) row.denominator = denominator->number();
  if (const auto value = members.may("value")) row.value = value->figure();
  if (const auto interval = members.may("interval")) {
    const auto bounds = interval->list([](const At& each) { return each.figure(); });
    if (bounds.size() == 2) row.interval = {bounds[0], bounds[1]};
    else at.faults->tell(interval->place, "an interval has two bounds");
  }
  row.flags = members.texts_or_none("flags");
  row.note = members.text_or_none("note");
  row.withheld = members.text_or_none("withheld");
  members.end();
  return row;
}

Table read_table(const At& at) {
  Members members(at);
  Table table;
  table.id = members.text("id");
  table.title = members.text("title");
  table.unit = members.text("unit");
  table.definition = static_cast<std::uint32_t>(members.must("definition").count());
  table.by = members.texts_or_none("by");
  table.note = members.text_or_none("note");
  table.rows = members.must("rows").list([&](const At& each) { return read_row(each, table.by.size()); });
  members.end();
  return table;
}

Section read_section(const At& at) {
  Members members(at);
  Section section;
  section.id = members.text("id");
  section.title = members.text("title");
  if (const auto no_data = members.may("no_data")) section.no_data = no_data->truth();
  section.tables = members.must("tables").list(read_table);
  members.end();
  return section;
}

Check read_check(const At& at) {
  Members members(at);
  Check check{members.text("id"), members.text("sentence"), members.must("holds").truth()};
  members.end();
  return check;
}

Change read_change(const At& at) {
  Members members(at);
  Change change{members.text("table"), members.texts_or_none("by"), members.texts_or_none("group"), members.text_or_none("was"), members.text_or_none("now"), members.texts_or_none("why")};
  members.end();
  return change;
}

Restatement read_restatement(const At& at) {
  Members members(at);
  Restatement restatement{.supersedes = members.must("supersedes").hex_hash(),
                          .reason = members.text("reason"),
                          .late_records = members.must("late_records").count(),
                          .later_events = members.must("later_events").count(),
                          .corrections = members.must("corrections").count(),
                          .retractions = members.must("retractions").count(),
                          .changes = members.must("changes").list(read_change)};
  members.end();
  return restatement;
}

void read_terms(Edition& edition, Members& whole) {
  Members of_template(whole.must("template"));
  edition.template_id = of_template.text("id");
  edition.template_version = of_template.text("version");
  of_template.end();
  Members period(whole.must("period"));
  edition.period = {period.must("from").time(), period.must("to").time(), period.text("label")};
  period.end();
  Members as_of(whole.must("as_of"));
  edition.as_of = {as_of.must("size").count(), as_of.must("root").base64_hash(), as_of.must("recorded_at").time()};
  as_of.end();
  edition.definitions_version = whole.text("definitions_version");
  if (const auto suppression = whole.may("suppression")) {
    Members policy(*suppression);
    edition.suppression = Suppression{policy.text("policy"), policy.text("version"), policy.must("parameters_sha256").hex_hash()};
    policy.end();
  }
  if (const auto previous = whole.may("previous")) edition.previous = previous->hex_hash();
  if (const auto restatement = whole.may("restatement")) edition.restatement = read_restatement(*restatement);
}

}  // namespace

Result<Edition> parse_edition(std::string_view text) {
  if (text.size() > edition_bytes_max) return fail(Errc::too_large, "an edition has at most " + std::to_string(edition_bytes_max) + " bytes; found " + std::to_string(text.size()));
  TRY_AS(value, parse_canonical_json(text));
  Faults faults;
  Members whole(At{&value, "", &faults});
  const At format = whole.must("format");
  if (format.text() != "caseledger/edition/v1") faults.tell("format", "\"caseledger/edition/v1\" belongs here; found " + quote(format.text()));
  Edition edition;
  edition.origin = whole.text("origin");
  read_terms(edition, whole);
  edition.sections = whole.must("sections").list(read_section);
  edition.checks = whole.must("checks").list(read_check);
  whole.end();
  if (faults.first()) return std::unexpected(*faults.first());
  TRY_AS(again, edition_json(edition));
  const auto differs = std::ranges::mismatch(text, again).in1;
  if (again != text) return fail(Errc::malformed, "the edition is spelled in another way than editions are, from byte " + std::to_string(differs - text.begin()));
  return edition;
}

Result<EditionFile> read_edition(std::string_view json) {
  TRY_AS(edition, parse_edition(json));
  return EditionFile{std::move(edition), edition_digest(json)};
}

}  // namespace caseledger::reports
