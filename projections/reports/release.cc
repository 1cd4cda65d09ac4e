#include "projections/reports/release.h"

namespace caseledger::reports {

namespace {

std::optional<Version> version_of(const schema::Ref* ref) { return ref ? std::optional<Version>(ref->version()) : std::nullopt; }

}  // namespace

std::optional<Release> release_of(const projections::Fact& fact) {
  if (fact.event.type != schema::Body::ReportReleased) return std::nullopt;
  const auto& body = fact.event.body<schema::ReportReleased>();
  Release release{fact.event.version, fact.position, fact.entry, fact.recorded_at, fact.author, {}, {}, {}, {}, body.as_of_size(), hash_of(*body.as_of_root()), hash_of(*body.sha256()), {}, {}};
  release.template_id = text_of(body.template_id());
  release.template_version = text_of(body.template_version());
  release.period = text_of(body.period());
  release.definitions_version = text_of(body.definitions_version());
  release.previous = version_of(body.previous());
  release.supersedes = version_of(body.supersedes());
  return release;
}

Result<void> check_release(const Release& release, const Edition& edition, const Hash& digest) {
  const auto differs = [](const std::string& what, const std::string& event, const std::string& found) {
    return fail(Errc::verification_failed, "the event released another edition: its " + what + " is " + event + ", this edition's " + found);
  };
  if (release.template_id != edition.template_id) return differs("template", release.template_id, edition.template_id);
  if (release.template_version != edition.template_version) return differs("template's version", release.template_version, edition.template_version);
  if (release.period != edition.period.label) return differs("period", release.period, edition.period.label);
  if (release.as_of_size != edition.as_of.size) return differs("as-of", std::to_string(release.as_of_size) + " entries", std::to_string(edition.as_of.size) + " entries");
  if (release.as_of_root != edition.as_of.root) return differs("as-of root", base64(release.as_of_root.bytes), base64(edition.as_of.root.bytes));
  if (release.definitions_version != edition.definitions_version) return differs("definitions' version", release.definitions_version, edition.definitions_version);
  if (release.sha256 != digest) return differs("SHA-256", hex(release.sha256.bytes), hex(digest.bytes));
  return {};
}

}  // namespace caseledger::reports
