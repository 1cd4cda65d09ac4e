#include "api/simulate/reports.h"

#include <algorithm>

#include "api/simulate/case_plan.h"
#include "api/simulate/published.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

constexpr std::uint64_t first_report_id = 180'000'000;  // assumed

// How unevenly files and incidents lie: assumed. One report in fourteen is a bundle.
constexpr Band image_bands[] = {{34, 0}, {46, 1}, {14, 2}, {5, 8}, {1, 38}};
constexpr Band video_bands[] = {{48, 0}, {38, 1}, {10, 3}, {3, 12}, {1, 32}};
constexpr Band other_bands[] = {{985, 0}, {13, 1}, {2, 11}};
constexpr Band bundle_bands[] = {{930, 0}, {50, 2}, {15, 10}, {5, 35}};

template <class Row>
std::vector<std::uint64_t> weights(std::span<const Row> rows) {
  std::vector<std::uint64_t> all;
  for (const Row& row : rows) all.push_back(row.reports_2023);
  return all;
}

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

Reports::Reports(std::uint64_t parts, std::uint64_t seed)
    : seed_(seed),
      count_(round_half_up(reports_2024, parts)),
      incidents_(count_ == 0 ? 0 : std::max(count_, round_half_up(incidents_2024, parts))),
      images_(proportion(count_, images_2023, reports_2023)),
      videos_(proportion(count_, videos_2023, reports_2023)),
      others_(proportion(count_, other_files_2023, reports_2023)),
      step_((year_ends - year_begins) / static_cast<Micros>(std::max<std::uint64_t>(count_, 1))),
      xsd_sha256_(sha256(bytes_of("the simulated year's schema")).bytes),
      country_(apportion(count_, weights(countries())), seed, Draw::shuffle_countries),
      type_(apportion(count_, weights(incident_types())), seed, Draw::shuffle_incidents),
      provider_(apportion(count_, weights(providers())), seed, Draw::shuffle_providers),
      image_(images_, count_, image_bands, seed, Draw::shuffle_images),
      video_(videos_, count_, video_bands, seed, Draw::shuffle_videos),
      other_(others_, count_, other_bands, seed, Draw::shuffle_others),
      bundle_(incidents_ - count_, count_, bundle_bands, seed, Draw::shuffle_bundles) {}

void Reports::write(std::uint64_t number, EventWriter& writer, SimulatedEvent& out) const {
  Chance chance(seed_, Draw::report, number);
  auto& fbb = writer.builder();
  const Micros received_at = year_begins + static_cast<Micros>(number) * step_ + chance.between(0, step_ - 1);
  const Country& country = countries()[country_(number).slot];
  const IncidentType type = incident_types()[type_(number).slot].type;
  const std::size_t provider = provider_(number).slot;
  const auto images = static_cast<std::uint32_t>(image_(number)), videos = static_cast<std::uint32_t>(video_(number));
  const auto others = static_cast<std::uint32_t>(other_(number)), files = images + videos + others;
  const auto incidents = static_cast<std::uint32_t>(1 + bundle_(number));
  const bool enticement = type == IncidentType::online_enticement;
  const unsigned stated = stated_fields(provider, files > 0, chance);
  const std::uint64_t luck = chance.next();  // of the rare things, in bits

  flatbuffers::Offset<flatbuffers::Vector<ReportAnnotation>> annotations;
  static constexpr ReportAnnotation sextortion[] = {ReportAnnotation::sextortion};
  if (enticement && luck % 10 < 4) annotations = fbb.CreateVector(sextortion, 1);
  flatbuffers::Offset<flatbuffers::Vector<std::uint64_t>> prior;
  if ((luck >> 8) % 32 == 0 && number > 0) {
    const std::uint64_t earlier = first_report_id + chance.below(number);
    prior = fbb.CreateVector(&earlier, 1);
  }
  flatbuffers::Offset<flatbuffers::Vector<TextOffset>> geo;
  if (!country.alpha2.empty()) {
    const TextOffset code = writer.text(country.alpha2);
    geo = fbb.CreateVector(&code, 1);
  }
  ReportField fields[7];
  std::size_t fields_count = 0;
  for (unsigned field = 0; field < 7; ++field)
    if (stated >> field & 1) fields[fields_count++] = static_cast<ReportField>(field + 1);
  const auto fields_present = fbb.CreateVector(fields, fields_count);
  const auto esp_name = writer.text(providers()[provider].name);
  const auto api_version = writer.text("2.14");
  const auto xml_sha256 = bytes32_for(chance.bytes<32>()), xsd_sha256 = bytes32_for(xsd_sha256_);

  CtrIngestedBuilder body(fbb);
  body.add_incident_at(received_at - static_cast<Micros>(1 + chance.below(14 * 24 * 60)) * minute_us);
  body.add_ctr_report_id(first_report_id + number);
  body.add_xml_sha256(&xml_sha256);
  body.add_xsd_sha256(&xsd_sha256);
  body.add_files_total(files);
  body.add_images(images);
  body.add_videos(videos);
  body.add_other_files(others);
  if (files > 0 && (stated & file_viewed_flag) == 0) body.add_files_unstated(files);
  if (stated & file_viewed_flag) {
    const std::uint32_t viewed = luck >> 16 & 1 ? files : luck >> 17 & 1 ? 0 : (files + 1) / 2;
    body.add_files_viewed_by_esp(viewed);
    body.add_files_unviewed(files - viewed);
  }
  if (files > 0 && (luck >> 20) % 512 == 0) body.add_generative_ai_files(1);
  body.add_incidents_in_bundle(incidents);
  body.add_esp_name(esp_name);
  body.add_annotations(annotations);
  body.add_prior_ctr_ids(prior);
  body.add_geo_countries(geo);
  body.add_api_version(api_version);
  body.add_fields_present(fields_present);
  body.add_incident_type(type);
  body.add_esp_escalated((luck >> 32) % 512 < (enticement ? 30u : 1u));
  if (incidents > 1 && (luck >> 44) % 8 == 0) body.add_batched_reason(BatchedReason::viral_potential_meme);
  const auto made = body.Finish();

  Envelope envelope{.kind = StreamKind::report, .stream = chance.uuid(received_at), .operator_code = "ctr", .purpose = "exploitation",
                    .handling = Handling::law_enforcement};
  envelope.version = 1;
  envelope.occurred_at = received_at;
  envelope.precision = Precision::us;
  envelope.system = "ctr 1";
  envelope.jurisdiction = country.alpha2;
  writer.write(envelope, made, chance, out);
}

}  // namespace caseledger::api::simulate
