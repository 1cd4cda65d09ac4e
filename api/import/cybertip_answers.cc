// `fileDetails`, and what the service answers: `reportResponse` and `reportDoneResponse`.
#include <algorithm>
#include <boost/json.hpp>

#include "api/import/cybertip_values.h"

namespace caseledger::api {

namespace {

using schema::ReportField;

constexpr std::string_view image_endings[] = {"jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif"};
constexpr std::string_view video_endings[] = {"mp4", "m4v", "mov", "avi", "mkv", "webm", "wmv", "flv", "3gp", "mpg", "mpeg"};

// The API states no media type: a name's ending is all there is.
CtFile::Kind kind_of(std::string_view name) {
  std::string ending(name.substr(std::min(name.rfind('.'), name.size() - 1) + 1));
  std::ranges::transform(ending, ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (std::ranges::find(image_endings, ending) != std::end(image_endings)) return CtFile::Kind::image;
  if (std::ranges::find(video_endings, ending) != std::end(video_endings)) return CtFile::Kind::video;
  return CtFile::Kind::other;
}

}  // namespace

OrLine<CtFile> read_file_details(const Element& details) {
  CtFile file;
  TRY_AS(report, one_child(details, "reportId"));
  TRY_AS(report_id, id_of(*report));
  file.report_id = report_id;
  TRY_AS(id, one_child(details, "fileId"));
  file.id = trimmed(id->text);
  for (const auto* name : {"originalFileName", "fileName"}) {
    TRY_AS(stated, optional_child(details, name));
    if (stated && file.kind == CtFile::Kind::other && !trimmed(stated->text).empty()) file.kind = kind_of(trimmed(stated->text));
  }
  TRY_AS(viewed, optional_child(details, "fileViewedByEsp"));
  if (viewed) {
    TRY_AS(seen, boolean_of(*viewed));
    file.viewed_by_esp = seen;
    file.stated[static_cast<std::size_t>(ReportField::file_viewed_flag)] = true;
  }
  TRY_AS(annotations, optional_child(details, "fileAnnotations"));
  if (const auto* generative = annotations ? annotations->child("generativeAi") : nullptr) {
    TRY_AS(holds, boolean_of(*generative));
    file.generative_ai = holds;
  }
  TRY_AS(classified, optional_child(details, "industryClassification"));
  if (classified) {
    constexpr std::string_view classes[] = {"A1", "A2", "B1", "B2"};
    file.industry_class = trimmed(classified->text);
    if (std::ranges::find(classes, file.industry_class) == std::end(classes)) {
      file.told.push_back(refuse_element(*classified, "is none of A1, A2, B1, B2; only sealed").error());
      file.industry_class.clear();
    }
  }
  file.stated[static_cast<std::size_t>(ReportField::ip_event)] = details.holds("ipAddress");
  file.stated[static_cast<std::size_t>(ReportField::timestamp)] = details.holds("dateTime") || details.holds("uploadedToEspTimestamp");
  file.content = content_of(details);
  return file;
}

OrLine<CtAnswer> read_answer(const Element& element) {
  CtAnswer answer;
  answer.to_finish = element.name == "reportDoneResponse";
  TRY_AS(code, one_child(element, "responseCode"));
  TRY_AS(number, code_of(*code));
  answer.code = number;
  TRY_AS(description, optional_child(element, "responseDescription"));
  // A validation's sentence may quote what was sent.
  if (description) answer.text = plain_text(without_quoted(description->text), 256);
  TRY_AS(report, optional_child(element, "reportId"));
  if (report) {
    TRY_AS(id, id_of(*report));
    answer.report_id = id;
  }
  TRY_AS(files, optional_child(element, "files"));
  for (const Element& each : files ? files->children : element.children)
    if (each.name == "fileId" && !trimmed(each.text).empty()) answer.file_ids.emplace_back(trimmed(each.text));
  if (!answer.to_finish && (element.child("fileId") || element.child("hash"))) answer.of_file = content_of(element);
  return answer;
}

}  // namespace caseledger::api
