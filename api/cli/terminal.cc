#include "api/cli/terminal.h"

#include <algorithm>
#include <cstdlib>
#include <time.h>
#include <unistd.h>

namespace caseledger::api {

Exit exit_of(Errc code) {
  switch (code) {
    case Errc::malformed:
    case Errc::too_large:
    case Errc::bad_signature:
    case Errc::wrong_origin:
    case Errc::illegal_transition:
    case Errc::unresolved_reference:
    case Errc::value_out_of_range:
    case Errc::four_eyes:
    case Errc::bad_opening:
    case Errc::future:
    case Errc::io: return Exit::failure;
    case Errc::usage: return Exit::usage;
    case Errc::verification_failed: return Exit::verification_failed;
    case Errc::not_found: return Exit::not_found;
    case Errc::version_conflict:
    case Errc::already_recorded: return Exit::conflict;
    case Errc::overloaded:
    case Errc::draining:
    case Errc::locked:
    case Errc::unavailable: return Exit::unavailable;
    case Errc::unknown_author:
    case Errc::not_permitted: return Exit::not_permitted;
  }
  return Exit::failure;
}

Exit report(const Error& error) {
  std::fprintf(stderr, "caseledger: %s (%s)\n", error.sentence.c_str(), std::string(name(error.code)).c_str());
  return exit_of(error.code);
}

Result<Format> parse_format(std::string_view name) {
  if (name == "table") return Format::table;
  if (name == "json") return Format::json;
  if (name == "jsonl") return Format::jsonl;
  if (name == "csv") return Format::csv;
  return fail(Errc::usage, "unknown format \"" + std::string(name) + "\"; wanted table, json, jsonl or csv");
}

namespace {

// Columns a text takes: code points, which is right for what the ledger prints.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

double now() {
  timespec at{};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

}  // namespace

std::string Table::text() const {
  std::vector<std::size_t> widths(header.size(), 0);
  const auto measure = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], width(cells[i]));
  };
  measure(header);
  for (const auto& row : rows) measure(row);
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string pad(widths[i] - width(cells[i]), ' ');
      text += (i < right.size() && right[i] ? pad + cells[i] : cells[i] + pad) + (i + 1 < cells.size() ? "  " : "");
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + '\n';
  };
  line(header);
  for (const auto& row : rows) line(row);
  return out;
}

std::string Table::csv() const {
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i ? "," : "") + csv_cell(cells[i]);
    out += "\r\n";
  };
  line(header);
  for (const auto& row : rows) line(row);
  return out;
}

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), shown_(::isatty(STDERR_FILENO) && !std::getenv("CASELEDGER_NO_PROGRESS")), begun_(now()) {}

Progress::~Progress() {
  if (!shown_) return;
  draw(last_);
  std::fputc('\n', stderr);
}

void Progress::at(std::uint64_t done) {
  last_ = done;
  if (shown_ && now() - drawn_ > 0.1) draw(done);
}

void Progress::draw(std::uint64_t done) {
  drawn_ = now();
  const double took = std::max(drawn_ - begun_, 1e-3), rate = static_cast<double>(done) / took;
  if (total_ == 0) {
    std::fprintf(stderr, "\r\x1b[K%s  %llu  %.0f/s", what_.c_str(), static_cast<unsigned long long>(done), rate);
  } else {
    const int filled = static_cast<int>(30 * std::min(done, total_) / total_);
    std::fprintf(stderr, "\r\x1b[K%s  [%-30.*s] %3llu %%  %.0f/s", what_.c_str(), filled, "##############################",
                 static_cast<unsigned long long>(100 * std::min(done, total_) / total_), rate);
    if (rate > 0 && done < total_) std::fprintf(stderr, "  %.0f s left", static_cast<double>(total_ - done) / rate);
  }
  std::fflush(stderr);
}

}  // namespace caseledger::api
