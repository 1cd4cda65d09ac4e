#include "api/releases.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "api/as_of.h"
#include "api/stream_events.h"

namespace caseledger::api {

namespace {
constexpr Version page_versions = 1'000;

std::string tag_of(const Hash& digest) { return '"' + hex(Bytes(digest.bytes).first(16)) + '"'; }
}

boost::json::object release_to_json(const reports::Release& release, std::span<const reports::Release> all) {
  boost::json::object out{{"template", release.template_id},
                          {"template_version", release.template_version},
                          {"period", release.period},
                          {"as_of", boost::json::object{{"size", exact_number(release.as_of_size)}, {"root", base64(release.as_of_root.bytes)}}},
                          {"definitions_version", release.definitions_version},
                          {"sha256", hex(release.sha256.bytes)},
                          {"position", exact_number(release.position.value)},
                          {"released_at", to_rfc3339(release.recorded_at)},
                          {"address", "/v1/editions/" + reports::place_of(release)}};
  for (const auto& other : all) {
    if (release.previous == other.version) out.emplace("previous", hex(other.sha256.bytes));
    if (release.supersedes == other.version) out.emplace("supersedes", hex(other.sha256.bytes));
    if (other.supersedes == release.version) out.emplace("superseded_by", hex(other.sha256.bytes));
  }
  return out;
}

Result<void> Releases::catch_up() const {
  const StreamId stream = rules::governance_stream(ledger_.origin());
  for (bool complete = false; !complete;) {
    const auto page = versions_before(ledger_, stream, seen_ + 1, page_versions, ledger_.head().next);
    if (!page && page.error().code == Errc::not_found) return {};  // not constituted yet
    if (!page) return std::unexpected(page.error());
    for (const auto& fact : page->events.facts)
      if (auto release = reports::release_of(fact)) releases_.push_back(std::move(*release));
    seen_ = std::max(seen_, page->next - 1);
    complete = page->complete;
  }
  return {};
}

Result<std::vector<reports::Release>> Releases::list() const {
  const std::lock_guard lock(mutex_);
  TRY(catch_up());
  return releases_;
}

Result<Releases::Published> Releases::read(const reports::Release& release) const {
  const std::string place = reports::place_of(release);
  std::ifstream file(folder_ / (place + ".json"), std::ios::binary);
  if (!file) return fail(Errc::not_found, "the edition " + place + " was released at position " + std::to_string(release.position.value) + ", and its bytes are not kept here");
  std::string json(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return fail(Errc::io, "the edition " + place + " cannot be read");
  const Hash digest = reports::edition_digest(json);
  if (digest != release.sha256) return fail(Errc::verification_failed, "the bytes kept of the edition " + place + " are not those that were released");
  TRY_AS(edition, reports::parse_edition(json));
  Published published{release, kept_body(std::move(json), tag_of(digest)), {}};
  for (auto& rendering : reports::renderings(edition, digest, std::to_string(release.as_of_size))) {
    std::string tag = tag_of(sha256(bytes_of(rendering.bytes)));
    published.renderings.push_back({rendering.suffix, rendering.content_type, kept_body(std::move(rendering.bytes), std::move(tag))});
  }
  return published;
}

Result<std::shared_ptr<const Releases::Published>> Releases::find(std::string_view place) const {
  const std::lock_guard lock(mutex_);
  if (const auto kept = kept_.find(place); kept != kept_.end()) return kept->second;
  TRY(catch_up());
  const auto release = std::ranges::find(releases_, place, [](const auto& each) { return reports::place_of(each); });
  if (release == releases_.end()) return fail(Errc::not_found, "no edition " + quote(place) + " was released; /v1/editions says which were");
  TRY_AS(read_one, read(*release));
  auto published = std::make_shared<const Published>(std::move(read_one));
  std::size_t bytes = published->json.size();
  for (const auto& rendered : published->renderings) bytes += rendered.body.size();
  if (kept_bytes_ + bytes > kept_bytes_max) {
    kept_.clear();
    kept_bytes_ = 0;
  }
  kept_bytes_ += bytes;
  kept_.emplace(std::string(place), published);
  return published;
}

}  // namespace caseledger::api
