#include "api/simulate/published.h"

#include <numeric>

namespace caseledger::api::simulate {

namespace {

using schema::IncidentType;

constexpr PublishedType type_table[] = {
    {IncidentType::child_pornography, "child pornography"},
    {IncidentType::child_sex_trafficking, "child sex trafficking"},
    {IncidentType::child_sex_tourism, "child sex tourism"},
    {IncidentType::child_sexual_molestation, "child sexual molestation"},
    {IncidentType::misleading_domain_name, "misleading domain name"},
    {IncidentType::misleading_words_or_images, "misleading words/images online"},
    {IncidentType::online_enticement, "online enticement of children"},
    {IncidentType::unsolicited_obscene_material, "obscene material sent to a child"},
};

constexpr PublishedYear year_table[] = {
    {.year = 2020, .reports = 21'751'085, .by_providers = 21'447'786, .by_public = 303'299,
     .by_location = {887'252, 20'602'529, 261'304},
     .by_type = {21'669'264, 15'879, 955, 11'770, 3'109, 8'689, 37'872, 3'547},
     .images = 33'690'561, .videos = 31'654'163, .other_files = 120'590,
     .referred = {{{273'619, 11'835}, {2'485, 0}, {529'899, 339'944}, {9'242'815, 11'380'684}}},
     .feedback = {}},
    {.year = 2021, .reports = 29'397'681, .by_providers = 29'157'083, .by_public = 240'598,
     .by_location = {724'503, 27'479'912, 1'193'266},
     .by_type = {29'309'106, 16'032, 1'624, 12'458, 3'304, 5'825, 44'155, 5'177},
     .images = 39'939'298, .videos = 44'856'209, .other_files = 196'228,
     .referred = {{{395'173, 11'900}, {1'731, 3}, {916'064, 590'383}, {17'129'598, 10'400'331}}},
     .feedback = {226'879, 91, 303, 36'948}},
    {.year = 2022, .reports = 32'059'029, .by_providers = 31'802'525, .by_public = 256'504,
     .by_location = {1'920'963, 28'825'411, 1'312'655},
     .by_type = {31'901'234, 18'336, 940, 12'906, 1'948, 7'517, 80'524, 35'624},
     .images = 49'404'779, .videos = 37'775'034, .other_files = 1'197'394,
     .referred = {{{491'655, 400'715}, {1'462, 3}, {1'356'988, 997'475}, {13'995'567, 15'010'413}}},
     .feedback = {204'517, 51, 478, 56'689}},
    {.year = 2023, .reports = 36'210'368, .by_providers = 35'944'826, .by_public = 265'542,
     .by_location = {1'621'937, 33'220'027, 1'368'404},
     .by_type = {35'925'098, 17'353, 2'002, 18'021, 6'883, 8'446, 186'819, 45'746},
     .images = 54'842'374, .videos = 49'528'198, .other_files = 1'282'590,
     .referred = {{{670'491, 238'271}, {1'962, 16}, {1'543'016, 563'284}, {16'142'869, 17'361'989}}},
     .feedback = {312'343, 27, 465, 76'683}},
};

constexpr State state_table[] = {
    {"AK", 1'467, 733'406}, {"AL", 10'211, 5'108'468}, {"AR", 7'163, 3'067'732}, {"AZ", 15'224, 7'431'344},
    {"CA", 110'784, 38'965'193}, {"CO", 13'039, 5'877'610}, {"CT", 8'614, 3'617'176}, {"DE", 2'015, 1'031'890},
    {"FL", 66'861, 22'610'726}, {"GA", 38'520, 11'029'227}, {"HI", 2'910, 1'435'138}, {"IA", 5'592, 3'207'004},
    {"ID", 2'784, 1'964'726}, {"IL", 39'814, 12'549'689}, {"IN", 21'541, 6'862'199}, {"KS", 5'471, 2'940'546},
    {"KY", 12'645, 4'526'154}, {"LA", 13'644, 4'573'749}, {"MA", 12'592, 7'001'399}, {"MD", 18'802, 6'180'253},
    {"ME", 2'119, 1'395'722}, {"MI", 30'406, 10'037'261}, {"MN", 10'407, 5'737'915}, {"MO", 13'592, 6'196'156},
    {"MS", 6'008, 2'939'690}, {"MT", 2'055, 1'132'812}, {"NC", 34'162, 10'835'491}, {"ND", 1'864, 783'926},
    {"NE", 5'358, 1'978'379}, {"NH", 2'123, 1'402'054}, {"NJ", 25'282, 9'290'841}, {"NM", 4'321, 2'114'371},
    {"NV", 8'146, 3'194'176}, {"NY", 63'987, 19'571'216}, {"OH", 26'339, 11'785'935}, {"OK", 11'600, 4'053'824},
    {"OR", 13'108, 4'233'358}, {"PA", 27'167, 12'961'683}, {"RI", 3'321, 1'095'962}, {"SC", 9'470, 5'373'555},
    {"SD", 1'467, 919'318}, {"TN", 17'557, 7'126'489}, {"TX", 110'385, 30'503'301}, {"UT", 7'989, 3'417'734},
    {"VA", 28'155, 8'715'698}, {"VT", 918, 647'464}, {"WA", 15'081, 7'812'880}, {"WI", 12'539, 5'910'955},
    {"WV", 4'681, 1'770'071}, {"WY", 1'049, 584'057},
};

// Adds up to the 35,944,826 reports by providers.
constexpr Provider provider_table[] = {
    {"provider-01", 17'838'422}, {"provider-02", 11'430'007}, {"provider-03", 1'470'958}, {"provider-04", 1'389'618},
    {"provider-05", 713'055}, {"provider-06", 597'087}, {"provider-07", 590'376}, {"provider-08", 339'412},
    {"provider-09", 290'141}, {"provider-10", 273'416}, {"provider-11", 188'102}, {"provider-12", 139'265},
    {"provider-other", 684'967},
};

constexpr std::uint64_t sum(std::span<const std::uint64_t> numbers) { return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}); }

template <class Row, std::size_t N>
constexpr std::uint64_t total_2023(const Row (&rows)[N]) {
  std::uint64_t all = 0;
  for (const Row& row : rows) all += row.reports_2023;
  return all;
}

constexpr bool adds_up() {
  for (const PublishedYear& each : year_table)
    if (each.by_providers + each.by_public != each.reports || sum(each.by_location) != each.reports || sum(each.by_type) != each.reports) return false;
  return true;
}
static_assert(adds_up() && total_2023(state_table) == 910'349 && total_2023(provider_table) == year_table[3].by_providers);

}  // namespace

std::span<const PublishedYear, published_years_count> published_years() { return year_table; }
std::span<const PublishedType, 8> incident_types() { return type_table; }
std::span<const State> states() { return state_table; }
std::span<const Provider> providers() { return provider_table; }

}  // namespace caseledger::api::simulate
