#include "api/import/cybertip_events.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "api/json.h"
#include "ledger/verify.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;
using schema::ReportField;

constexpr std::size_t piece_bytes_max = 15 * 1024;  // room below part_bytes_max for the names around it

// Not from anything about a person: a digest of a name, an address or a document can be guessed back.
std::string source_id(const CtExchange& exchange, const ImportSecret& secret) {
  if (exchange.report_id) return std::to_string(*exchange.report_id);
  return "unnumbered:" + hex(secret.of("source", exchange.source.digest.bytes).bytes);
}

// ── what the files come to ──

// The report's files, whatever spoke of them; nullptr where no details were given. Without an id, each details are a file of their own.
std::vector<const CtFile*> files_of(const CtExchange& exchange) {
  std::map<std::string_view, const CtFile*> named;
  std::vector<const CtFile*> files;
  for (const CtFollowing& each : exchange.following) {
    const auto* file = std::get_if<CtFile>(&each.said);
    if (!file) for (const auto& id : std::get<CtAnswer>(each.said).file_ids) named.emplace(id, nullptr);
    else if (file->id.empty()) files.push_back(file);
    else named[file->id] = file;
  }
  for (const auto& [id, file] : named) files.push_back(file);
  return files;
}

void count_files(const CtExchange& exchange, json::object& body, FactsStated& stated) {
  std::uint32_t kinds[3] = {}, viewed = 0, unviewed = 0, generative = 0;
  bool details = false;
  std::map<std::string, std::uint32_t> classes;
  const auto files = files_of(exchange);
  for (const CtFile* file : files) {
    ++kinds[static_cast<int>(file ? file->kind : CtFile::Kind::other)];
    if (!file) continue;
    details = true;
    viewed += file->viewed_by_esp == true;
    unviewed += file->viewed_by_esp == false;
    generative += file->generative_ai;
    if (!file->industry_class.empty()) ++classes[file->industry_class];
    for (std::size_t i = 0; i < stated.size(); ++i) stated[i] = stated[i] || file->stated[i];
  }
  body["files_total"] = files.size();
  body["images"] = kinds[static_cast<int>(CtFile::Kind::image)];
  body["videos"] = kinds[static_cast<int>(CtFile::Kind::video)];
  body["other_files"] = kinds[static_cast<int>(CtFile::Kind::other)];
  if (files.empty()) return;
  body["files_viewed_by_esp"] = viewed;
  body["files_unviewed"] = unviewed;
  body["files_unstated"] = files.size() - viewed - unviewed;
  if (details) body["generative_ai_files"] = generative;
  json::array counts;
  for (const auto& [name, count] : classes) counts.push_back(json::object{{"industry_class", name}, {"files", count}});
  if (!counts.empty()) body["industry_class_counts"] = std::move(counts);
}

// ── where the submission stands ──

// What each answer left the report in. No answer says which call it is to, and one to a retraction is that to a submission, byte for
// byte: it is told by its place, as the last success that nothing else explains. Of codes only 0 is read: the others have changed.
class Submission {
 public:
  explicit Submission(const CtExchange& exchange) : following_(exchange.following) {}

  std::string_view after(std::size_t i) {
    const auto& answer = std::get<CtAnswer>(following_[i].said);
    if (answer.code != 0) {
      if (state_.empty()) return "rejected";
    } else if (answer.to_finish) {
      state_ = "finished";
    } else if (state_.empty()) {
      state_ = "opened";
    } else if (answer.of_file.is_null() && unanswered_files_ > 0) {
      --unanswered_files_;
    } else if (answer.of_file.is_null() && state_ == "opened" && is_last_success(i)) {
      state_ = "retracted";
    }
    return state_.empty() ? "opened" : state_;
  }
  void file_described() { ++unanswered_files_; }

 private:
  bool is_last_success(std::size_t i) const {
    return std::ranges::none_of(following_.begin() + static_cast<std::ptrdiff_t>(i) + 1, following_.end(), [](const CtFollowing& each) {
      const auto* answer = std::get_if<CtAnswer>(&each.said);
      return !answer || answer->code == 0;
    });
  }

  const std::vector<CtFollowing>& following_;
  std::string_view state_;
  std::size_t unanswered_files_ = 0;
};

// ── events ──

class Writer {
 public:
  Writer(const CtExchange& exchange, const ImportSecret& secret, const CybertipSettings& settings, std::vector<CybertipProblem>& told)
      : exchange_(exchange), secret_(secret), settings_(settings), told_(told), source_id_(source_id(exchange, secret)), stream_(stream_of(exchange, secret)),
        document_salt_(secret.of("document", bytes_of(source_id_))) {}

  Result<std::vector<std::string>> all() {
    TRY(report());
    Submission submission(exchange_);
    for (std::size_t i = 0; i < exchange_.following.size(); ++i) {
      const CtFollowing& each = exchange_.following[i];
      if (const auto* file = std::get_if<CtFile>(&each.said)) {
        submission.file_described();
        TRY(supplement(sealed({"document", "file", true, file->content}), each.source));
      } else {
        const auto& answer = std::get<CtAnswer>(each.said);
        if (!answer.of_file.is_null()) TRY(supplement(sealed({"document", "answer", true, answer.of_file}), each.source));
        TRY(outcome(answer, submission.after(i), each.source));
      }
    }
    TRY(links());
    return std::move(lines_);
  }

 private:
  Result<void> report() {
    json::object body = exchange_.report.body;
    FactsStated stated = exchange_.report.stated;
    body["ctr_report_id"] = exchange_.report_id.value_or(0);
    if (!exchange_.report_id) tell("no document after it states the report's number; written as 0");
    if (!settings_.esp.empty()) body["esp_name"] = plain_text(settings_.esp, 128);
    if (!body.contains("esp_name")) {
      tell("names no provider; written as not_stated");
      body["esp_name"] = "not_stated";
    }
    count_files(exchange_, body, stated);
    if (body.contains("industry_class_counts")) handling_ = "child_sensitive";
    body["incidents_in_bundle"] = 1;
    body["xml_sha256"] = salted(exchange_.source);
    body["xsd_sha256"] = hex(settings_.schema ? settings_.schema->digest().bytes : Hash{}.bytes);
    body["api_version"] = settings_.api_version;
    json::array present;
    for (std::size_t i = 1; i < stated.size(); ++i)
      if (stated[i]) present.emplace_back(schema::EnumNameReportField(static_cast<ReportField>(i)));
    body["fields_present"] = std::move(present);
    bool salt_sealed = false;  // beside what is left of the document, of which every report has some
    const auto* countries = body.if_contains("geo_countries");
    if (countries && countries->get_array().size() == 1) jurisdiction_ = countries->get_array()[0];

    json::array parts;
    for (const PersonalData& each : exchange_.report.personal)
      for (json::value& part : sealed(each)) {
        if (each.field == "incident" && !std::exchange(salt_sealed, true)) part.at("fields").as_object()["document_salt"] = hex(document_salt_.bytes);
        parts.push_back(std::move(part));
      }
    json::array first;
    for (std::size_t i = 0; i < std::min(parts.size(), parts_per_event_max); ++i) first.push_back(std::move(parts[i]));
    parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(first.size()));
    TRY(write(StreamKind::report, stream_, ++version_, "CtrIngested", std::move(body), std::move(first), exchange_.source));
    return supplement(std::move(parts), exchange_.source);
  }

  // Its event has one name for what is sealed: content.
  Result<void> supplement(json::array parts, const CtSource& source) {
    for (json::value& part : parts) {
      json::value& fields = part.as_object()["fields"];
      fields = json::object{{"content", std::move(fields)}};
    }
    for (std::size_t i = 0; i < parts.size(); i += parts_per_event_max) {
      json::array some;
      for (std::size_t j = i; j < std::min(parts.size(), i + parts_per_event_max); ++j) some.push_back(std::move(parts[j]));
      json::object body{{"source_class", "esp"}, {"doc_sha256", salted(source)}};
      TRY(write(StreamKind::report, stream_, ++version_, "IntakeSupplementReceived", std::move(body), std::move(some), source));
    }
    return {};
  }

  Result<void> outcome(const CtAnswer& answer, std::string_view state, const CtSource& source) {
    json::object body{{"outcome", state}, {"response_code", answer.code}};
    if (answer.report_id) body["ctr_report_id"] = *answer.report_id;
    if (!answer.text.empty()) body["response_text"] = answer.text;
    if (state == "retracted" && answer.code == 0) told_.push_back({source.file, source.line, "answers no other document; taken as the answer to a retraction"});
    return write(StreamKind::report, stream_, ++version_, "IntakeSubmissionOutcome", std::move(body), {}, source);
  }

  // Texts belong to the document: whoever erases one of its people finds them from there.
  Result<void> links() {
    for (const PersonalData& each : exchange_.report.personal) {
      if (each.subject == "document") continue;
      json::object body{{"document_subject_id", to_string(subject_of("document"))}};
      TRY(write(StreamKind::subject, subject_of(each.subject), 1, "DocumentLinked", std::move(body), {}, exchange_.source));
    }
    return {};
  }

  json::array sealed(const PersonalData& data) const {
    json::array parts;
    for (json::value& piece : pieces_of(data.content, piece_bytes_max))
      parts.push_back(json::object{{"subject", to_string(subject_of(data.subject))},
                                   {"handling", data.child_sensitive ? "child_sensitive" : "law_enforcement"},
                                   {"fields", json::object{{data.field, std::move(piece)}}}});
    return parts;
  }

  Result<void> write(StreamKind kind, const StreamId& stream, Version version, std::string_view type, json::object body, json::array parts,
                     const CtSource& source) {
    const StatedTime& incident = exchange_.report.incident;
    const Instant at = settings_.received_at.value_or(Instant{incident.at, incident.offset_minutes.value_or(0)});
    json::object event{{"stream", to_string(stream)},
                       {"kind", kind_name(kind)},
                       {"version", version},
                       {"type", type},
                       {"occurred_at", to_rfc3339(at.at, at.offset_minutes)},
                       {"precision", at.at % 1'000'000 == 0 ? "s" : "us"},
                       {"operator", "import"},
                       {"automated", true},
                       {"system", "cybertip"},
                       {"purpose", "exploitation"},
                       {"handling", handling_},
                       {"imported",
                        {{"source", "cybertip"},
                         {"source_id_digest", hex(sha256(bytes_of(source_id_)).bytes)},
                         {"document_digest", salted(source)}}},
                       {"body", std::move(body)}};
    if (!jurisdiction_.is_null()) event["jurisdiction"] = jurisdiction_;
    if (!parts.empty()) event["sealed"] = std::move(parts);
    secret_.add_salts(event);
    std::string line = to_text(event);
    // Tried here, so that what the ledger would refuse is told by file and line.
    TRY_AS(draft, event_from_json(line, [](std::span<std::uint8_t>) { ENSURE(false && "an import draws no chance"); }));
    TRY(check_event(view_event(draft.event)));
    lines_.push_back(std::move(line));
    return {};
  }

  SubjectId subject_of(std::string_view subject) const { return uuid_v8("cybertip-subject", bytes_of(source_id_ + '/' + std::string(subject))); }

  // Who knows most of a document could try from a bare digest what the rest is. The salt is sealed: who may open it, and has the document,
  // can prove that it is the one; erased, it proves nothing any more to anybody.
  std::string salted(const CtSource& source) const {
    Buffer both(document_salt_.bytes.begin(), document_salt_.bytes.end());
    append(both, source.digest.bytes);
    return hex(sha256(both).bytes);
  }

  void tell(std::string reason) { told_.push_back({exchange_.source.file, exchange_.source.line, std::move(reason)}); }

  const CtExchange& exchange_;
  const ImportSecret& secret_;
  const CybertipSettings& settings_;
  std::vector<CybertipProblem>& told_;
  const std::string source_id_;
  const StreamId stream_;
  const Hash document_salt_;
  Version version_ = 0;
  std::string handling_ = "law_enforcement";
  json::value jurisdiction_;
  std::vector<std::string> lines_;
};

}  // namespace

StreamId stream_of(const CtExchange& exchange, const ImportSecret& secret) { return uuid_v8("cybertip", bytes_of(source_id(exchange, secret))); }

Result<std::vector<std::string>> events_of(const CtExchange& exchange, const ImportSecret& secret, const CybertipSettings& settings, std::vector<CybertipProblem>& told) {
  return Writer(exchange, secret, settings, told).all();
}

}  // namespace caseledger::api
