#include "api/import/cybertip.h"

namespace caseledger::api {

void CybertipImport::read(const std::string& file, std::string_view document) {
  ++documents_;
  CtSource source{file, 1, sha256(bytes_of(document))};
  auto reading = read_xml(document, settings_.schema);
  if (!reading) return leave_out(source, reading.error());
  source.line = reading->root.line;
  tell(file, reading->newer);
  const std::string& name = reading->root.name;
  if (name == "report") return take_report(std::move(source), reading->root);
  if (name == "fileDetails" || name == "reportResponse" || name == "reportDoneResponse") return take_following(std::move(source), reading->root);
  leave_out(source, {source.line, "begins with <" + name + ">; wanted report, fileDetails, reportResponse or reportDoneResponse"});
}

void CybertipImport::skip(const std::string& file, std::string reason) {
  ++documents_;
  leave_out({file, 1, {}}, {1, std::move(reason)});
}

void CybertipImport::leave_out(const CtSource& source, const LineProblem& problem) {
  ++left_out_;
  problems_.push_back({source.file, problem.line, problem.reason + "; the document is left out"});
  // It may have been a report: what follows belongs to the one before only where it says so.
  if (open_ && !open_->report_id) finish();
  if (open_) open_->named_only = true;
}

void CybertipImport::take_report(CtSource source, const Element& root) {
  finish();
  auto report = read_report(root);
  if (!report) return leave_out(source, report.error());
  tell(source.file, report->told);
  open_.emplace(CtExchange{std::move(source), std::move(*report), {}, {}, false});
}

void CybertipImport::take_following(CtSource source, const Element& root) {
  CtFollowing following{std::move(source), {}};
  std::optional<std::uint64_t> report_id;
  if (root.name == "fileDetails") {
    auto file = read_file_details(root);
    if (!file) return leave_out(following.source, file.error());
    tell(following.source.file, file->told);
    report_id = file->report_id;
    following.said = std::move(*file);
  } else {
    auto answer = read_answer(root);
    if (!answer) return leave_out(following.source, answer.error());
    report_id = answer->report_id;
    following.said = std::move(*answer);
  }
  const auto refuse = [&](std::string reason) { leave_out(following.source, {following.source.line, std::move(reason)}); };
  if (!open_) return refuse("no report stands before it");
  if (open_->named_only && !report_id) return refuse("names no report, and what stands before it was left out");
  if (report_id && open_->report_id && *report_id != *open_->report_id)
    return refuse("is of report " + std::to_string(*report_id) + "; the one before it is report " + std::to_string(*open_->report_id));
  if (report_id) open_->report_id = report_id;
  open_->following.push_back(std::move(following));
}

void CybertipImport::tell(const std::string& file, const std::vector<LineProblem>& told) {
  for (const auto& each : told) problems_.push_back({file, each.line, each.reason});
}

void CybertipImport::finish() {
  if (!open_) return;
  const CtExchange exchange = std::move(*open_);
  open_.reset();
  const auto whole = [&](std::string reason) {
    left_out_ += 1 + exchange.following.size();
    problems_.push_back({exchange.source.file, exchange.source.line, std::move(reason) + "; the report is left out"});
  };
  if (streams_.contains(stream_of(exchange, secret_))) return whole("is there already");
  auto lines = events_of(exchange, secret_, settings_, problems_);
  if (!lines) return whole(lines.error().sentence);
  streams_.insert(stream_of(exchange, secret_));
  events_ += lines->size();
  lines_.insert(lines_.end(), std::make_move_iterator(lines->begin()), std::make_move_iterator(lines->end()));
}

}  // namespace caseledger::api
