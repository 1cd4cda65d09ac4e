#include "projections/reports/render_csv.h"

#include "projections/reports/markup.h"

namespace caseledger::reports {

namespace {

void write_cell(std::string& out, std::string_view cell) {
  if (cell.find_first_of("\",\r\n") == cell.npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

void write_text(std::string& out, std::string_view text) {
  const bool is_formula = !text.empty() && std::string_view("=+-@\t\r\n").find(text[0]) != text.npos;
  write_cell(out, is_formula ? "'" + std::string(text) : std::string(text));
}

// What would be taken for the form itself, and what nobody sees, is percent-encoded.
std::string encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  const std::string shown = visible(text);
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    const bool plain = c >= 0x20 && c != 0x7F && c != '%' && c != '&' && c != '=' && c != '+' && (c < 0x80 || shown == text);
    if (plain) out += text[at];
    else (out += '%') += {digits[c >> 4], digits[c & 15]};
  }
  return out;
}

std::string scope_of(const Table& table, const Row& row) {
  std::string out;
  for (std::size_t i = 0; i < table.by.size() && i < row.group.size(); ++i) out += (i ? "&" : "") + encoded(table.by[i]) + "=" + encoded(row.group[i]);
  return out.empty() ? "all" : out;
}

std::string context_of(const Table& table, const Row& row) {
  std::string out = table.title;
  const auto add = [&](std::string_view words) { out += words.empty() ? "" : "; " + std::string(words); };
  add(table.note);
  add(row.note);
  for (const std::string& flag : row.flags) add(flag);
  if (!row.withheld.empty()) add("withheld: " + row.withheld);
  return out;
}


void write_figure(std::string& out, const Section& section, const Table& table, const Row& row) {
  const std::string scope = scope_of(table, row), context = context_of(table, row);
  const auto line = [&](const std::string& indicator, const std::string& value, std::string_view unit, std::string_view about) {
    write_text(out, section.id);
    write_text(out += ',', indicator);
    write_text(out += ',', scope);
    write_cell(out += ',', value);
    write_text(out += ',', unit);
    out += row.withheld.empty() ? ",false," : ",true,";
    write_text(out, about);
    out += '\n';
  };
  const bool told = row.withheld.empty();
  line(table.id, told ? row.value.value_or("") : "", table.unit, context);
  if (!told) return;
  if (row.numerator && row.value != std::to_string(*row.numerator)) line(table.id + ":numerator", std::to_string(*row.numerator), "count", "");
  if (row.denominator) line(table.id + ":denominator", std::to_string(*row.denominator), "count", "");
  if (row.interval) {
    line(table.id + ":lower95", row.interval->first, table.unit, "");
    line(table.id + ":upper95", row.interval->second, table.unit, "");
  }
}

}  // namespace

std::string render_csv(const Edition& edition) {
  std::string out = "section,indicator,scope,value,unit,suppressed,contextual_information\n";
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      for (const Row& row : table.rows) write_figure(out, section, table, row);
  return out;
}

}  // namespace caseledger::reports
