#include "api/simulate/reports.h"

#include <algorithm>

namespace caseledger::api::simulate {

using namespace schema;

namespace {

constexpr std::uint64_t first_report_id = 180'000'000;  // assumed

// How unevenly files and incidents lie: assumed. One report in fourteen is a bundle.
constexpr Band image_bands[] = {{34, 0}, {46, 1}, {14, 2}, {5, 8}, {1, 38}};
constexpr Band video_bands[] = {{48, 0}, {38, 1}, {10, 3}, {3, 12}, {1, 32}};
constexpr Band other_bands[] = {{985, 0}, {13, 1}, {2, 11}};
constexpr Band bundle_bands[] = {{930, 0}, {50, 2}, {15, 10}, {5, 35}};

// How often a provider states each of the facts a report may state, in permille: assumed, the small ones state less.
constexpr unsigned stated_permille[] = {40, 870, 900, 620, 960, 480, 130};

// One bit for each ReportField, from the first.
unsigned stated_fields(std::size_t provider, bool has_files, Chance& chance) {
  unsigned stated = 0;
  for (unsigned field = 0; field < 7; ++field) {
    const unsigned share = stated_permille[field] * (provider < 6 ? 100 : 70) / 100;
    if (chance.permille(share) && (field != 3 || has_files)) stated |= 1u << field;
  }
  return stated;
}
constexpr unsigned file_viewed_flag = 1u << 3;
static_assert(static_cast<int>(ReportField::file_viewed_flag) == 4);

}  // namespace

Reports::Reports(ReportTables tables, Micros begins, Micros ends, std::uint64_t seed)
    : tables_(std::move(tables)),
      seed_(seed),
      begins_(begins),
      ends_(ends),
      step_((ends - begins) / static_cast<Micros>(std::max<std::uint64_t>(count(), 1))),
      xsd_sha256_(sha256(bytes_of("the simulated year's schema")).bytes),
      lie_(lie(tables_)),
      where_(lie_.reports, seed, Draw::shuffle_countries),
      state_(tables_.by_state, seed, Draw::shuffle_report_states),
      type_(tables_.by_type, seed, Draw::shuffle_incidents),
      source_(tables_.by_source, seed, Draw::shuffle_providers),
      image_(tables_.images, count(), image_bands, seed, Draw::shuffle_images),
      video_(tables_.videos, count(), video_bands, seed, Draw::shuffle_videos),
      other_(tables_.other_files, count(), other_bands, seed, Draw::shuffle_others),
      bundle_(tables_.incidents - count(), count(), bundle_bands, seed, Draw::shuffle_bundles) {}

Micros Reports::received_at(std::uint64_t number, Chance& chance) const {
  return std::min(begins_ + static_cast<Micros>(number) * step_ + chance.between(0, step_ - 1), last_moment());
}

StreamId Reports::stream(std::uint64_t number) const {
  Chance chance(seed_, Draw::report, number);
  return chance.uuid(received_at(number, chance));
}

Report Reports::at(std::uint64_t number) const {
  Chance chance(seed_, Draw::report, number);
  Report report{};
  report.number = number;
  report.received_at = received_at(number, chance);
  report.stream = chance.uuid(report.received_at);
  const auto where = where_(number);
  report.place = where.overall;
  report.where = lie_.slots[where.slot];
  report.state = report.in_the_us() ? state_(report.place).slot : states().size();
  report.source = source_(number).slot;
  report.type = incident_types()[type_(number).slot].type;
  report.images = static_cast<std::uint32_t>(image_(number));
  report.videos = static_cast<std::uint32_t>(video_(number));
  report.others = static_cast<std::uint32_t>(other_(number));
  report.incidents = static_cast<std::uint32_t>(1 + bundle_(number));
  const bool enticement = report.type == IncidentType::online_enticement;
  report.escalated = chance.below(512) < (enticement ? 30u : 1u);
  report.sextortion = enticement && chance.below(10) < 4;
  return report;
}

// Where the source lists none although the user is abroad, some country is determined.
std::string_view Reports::country_abroad(const Report& report) const {
  const Country& listed = countries()[report.where.country];
  if (!listed.alpha2.empty() && listed.alpha2 != "US") return listed.alpha2;
  Chance chance(seed_, Draw::choice, report.number);
  const Country& other = countries()[chance.below(countries().size() - 1)];
  return other.alpha2 == "US" ? "CA" : other.alpha2;
}

std::string Reports::jurisdiction(const Report& report) const {
  if (report.where.location == UserLocation::unknown) return {};
  if (!report.in_the_us()) return std::string(country_abroad(report));
  return report.state < states().size() ? "US-" + std::string(states()[report.state].code) : "US";
}

void Reports::write(const Report& report, EventWriter& writer, Group& out) const {
  Chance chance(seed_, Draw::report_body, report.number);
  auto& fbb = writer.builder();
  const bool by_public = report.source == providers().size();
  const std::uint32_t files = report.files();
  const unsigned stated = stated_fields(report.source, files > 0, chance);
  const std::uint64_t luck = chance.next();  // of the rare things, in bits

  flatbuffers::Offset<flatbuffers::Vector<ReportAnnotation>> annotations;
  static constexpr ReportAnnotation sextortion[] = {ReportAnnotation::sextortion};
  if (report.sextortion) annotations = fbb.CreateVector(sextortion, 1);
  flatbuffers::Offset<flatbuffers::Vector<std::uint64_t>> prior;
  if ((luck >> 8) % 32 == 0 && report.number > 0) {
    const std::uint64_t earlier = first_report_id + chance.below(report.number);
    prior = fbb.CreateVector(&earlier, 1);
  }
  flatbuffers::Offset<flatbuffers::Vector<TextOffset>> geo;
  if (const auto country = countries()[report.where.country].alpha2; !country.empty()) {
    const TextOffset code = writer.text(country);
    geo = fbb.CreateVector(&code, 1);
  }
  ReportField fields[7];
  std::size_t fields_count = 0;
  for (unsigned field = 0; field < 7; ++field)
    if (stated >> field & 1) fields[fields_count++] = static_cast<ReportField>(field + 1);
  const auto fields_present = fbb.CreateVector(fields, fields_count);
  const auto esp_name = writer.text(by_public ? "public" : providers()[report.source].name);
  const auto api_version = writer.text("2.14");
  const auto xml_sha256 = bytes32_for(chance.bytes<32>()), xsd_sha256 = bytes32_for(xsd_sha256_);

  CtrIngestedBuilder body(fbb);
  body.add_incident_at(report.received_at - static_cast<Micros>(1 + chance.below(14 * 24 * 60)) * minute_us);
  body.add_ctr_report_id(first_report_id + report.number);
  body.add_xml_sha256(&xml_sha256);
  body.add_xsd_sha256(&xsd_sha256);
  body.add_files_total(files);
  body.add_images(report.images);
  body.add_videos(report.videos);
  body.add_other_files(report.others);
  if (files > 0 && (stated & file_viewed_flag) == 0) body.add_files_unstated(files);
  if (stated & file_viewed_flag) {
    const std::uint32_t viewed = luck >> 16 & 1 ? files : luck >> 17 & 1 ? 0 : (files + 1) / 2;
    body.add_files_viewed_by_esp(viewed);
    body.add_files_unviewed(files - viewed);
  }
  if (files > 0 && (luck >> 20) % 512 == 0) body.add_generative_ai_files(1);
  body.add_incidents_in_bundle(report.incidents);
  body.add_esp_name(esp_name);
  body.add_annotations(annotations);
  body.add_prior_ctr_ids(prior);
  body.add_geo_countries(geo);
  body.add_api_version(api_version);
  body.add_fields_present(fields_present);
  body.add_incident_type(report.type);
  body.add_esp_escalated(report.escalated);
  if (report.incidents > 1 && (luck >> 44) % 8 == 0) body.add_batched_reason(BatchedReason::viral_potential_meme);
  if (by_public) body.add_reporter_class(ReporterClass::public_);
  const auto made = body.Finish();

  const std::string place = jurisdiction(report);
  Envelope envelope{.kind = StreamKind::report, .stream = report.stream, .operator_code = "ctr", .purpose = "exploitation",
                    .handling = Handling::law_enforcement};
  envelope.precision = Precision::us;
  envelope.system = "ctr 1";
  envelope.jurisdiction = place;
  Pen(writer, out, envelope, chance).write(report.received_at, made);
}

}  // namespace caseledger::api::simulate
