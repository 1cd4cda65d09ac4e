#include "api/simulate/published.h"

namespace caseledger::api::simulate {

namespace {

using schema::IncidentType;

constexpr Country country_table[] = {
    {"AF", "AFG", 197'048}, {"AX", "ALA", 25}, {"AL", "ALB", 8'821}, {"DZ", "DZA", 762'754}, {"AS", "ASM", 90},
    {"AD", "AND", 261}, {"AO", "AGO", 33'998}, {"AI", "AIA", 99}, {"AQ", "ATA", 3}, {"AG", "ATG", 261},
    {"AR", "ARG", 134'880}, {"AM", "ARM", 11'058}, {"AW", "ABW", 587}, {"AU", "AUS", 74'919}, {"AT", "AUT", 19'630},
    {"AZ", "AZE", 86'394}, {"BS", "BHS", 1'087}, {"BH", "BHR", 27'503}, {"BD", "BGD", 2'491'368}, {"BB", "BRB", 1'269},
    {"BY", "BLR", 15'618}, {"BE", "BEL", 41'926}, {"BZ", "BLZ", 2'502}, {"BJ", "BEN", 8'489}, {"BM", "BMU", 167},
    {"BT", "BTN", 5'895}, {"BO", "BOL", 33'300}, {"BQ", "BES", 74}, {"BA", "BIH", 15'762}, {"BW", "BWA", 4'987},
    {"BR", "BRA", 567'985}, {"IO", "IOT", 15}, {"VG", "VGB", 237}, {"BN", "BRN", 2'638}, {"BG", "BGR", 17'726},
    {"BF", "BFA", 3'682}, {"MM", "MMR", 209'858}, {"BI", "BDI", 2'133}, {"KH", "KHM", 172'906}, {"CM", "CMR", 13'440},
    {"CA", "CAN", 112'174}, {"CV", "CPV", 2'992}, {"KY", "CYM", 275}, {"CF", "CAF", 302}, {"TD", "TCD", 1'601},
    {"CL", "CHL", 64'495}, {"CC", "CCK", 6}, {"CO", "COL", 602'660}, {"KM", "COM", 2'979}, {"CG", "COG", 3'691},
    {"CD", "COD", 13'302}, {"CK", "COK", 37}, {"CR", "CRI", 18'042}, {"CI", "CIV", 38'169}, {"HR", "HRV", 16'339},
    {"CU", "CUB", 19'242}, {"CW", "CUW", 463}, {"CY", "CYP", 7'564}, {"CZ", "CZE", 34'342}, {"DK", "DNK", 12'048},
    {"DJ", "DJI", 635}, {"DM", "DMA", 274}, {"DO", "DOM", 102'724}, {"EC", "ECU", 136'302}, {"EG", "EGY", 627'802},
    {"SV", "SLV", 27'560}, {"GQ", "GNQ", 567}, {"ER", "ERI", 37}, {"EE", "EST", 4'338}, {"ET", "ETH", 9'347},
    {"FK", "FLK", 8}, {"FO", "FRO", 175}, {"FM", "FSM", 192}, {"FJ", "FJI", 3'638}, {"FI", "FIN", 16'364},
    {"FR", "FRA", 310'519}, {"GF", "GUF", 876}, {"PF", "PYF", 661}, {"TF", "ATF", 1}, {"GA", "GAB", 3'114},
    {"GM", "GMB", 808}, {"GE", "GEO", 15'055}, {"DE", "DEU", 173'560}, {"GH", "GHA", 20'586}, {"GI", "GIB", 148},
    {"GR", "GRC", 24'985}, {"GL", "GRL", 208}, {"GD", "GRD", 460}, {"GP", "GLP", 809}, {"GU", "GUM", 501},
    {"GT", "GTM", 75'230}, {"GG", "GGY", 122}, {"GN", "GIN", 6'158}, {"GW", "GNB", 265}, {"GY", "GUY", 4'264},
    {"HT", "HTI", 8'089}, {"HN", "HND", 45'162}, {"HK", "HKG", 23'424}, {"HU", "HUN", 25'643}, {"IS", "ISL", 1'299},
    {"IN", "IND", 8'923'738}, {"ID", "IDN", 1'925'549}, {"IR", "IRN", 69'083}, {"IQ", "IRQ", 749'746}, {"IE", "IRL", 13'265},
    {"IM", "IMN", 303}, {"IL", "ISR", 71'189}, {"IT", "ITA", 90'424}, {"JM", "JAM", 6'118}, {"JP", "JPN", 110'856},
    {"JE", "JEY", 261}, {"JO", "JOR", 129'080}, {"KZ", "KAZ", 143'064}, {"KE", "KEN", 46'030}, {"KI", "KIR", 279},
    {"XK", "XKX", 6'020}, {"KW", "KWT", 70'754}, {"KG", "KGZ", 113'762}, {"LA", "LAO", 20'337}, {"LV", "LVA", 4'671},
    {"LB", "LBN", 43'757}, {"LS", "LSO", 1'214}, {"LR", "LBR", 2'987}, {"LY", "LBY", 206'430}, {"LI", "LIE", 32},
    {"LT", "LTU", 12'005}, {"LU", "LUX", 3'000}, {"MO", "MAC", 726}, {"MK", "MKD", 12'310}, {"MG", "MDG", 48'070},
    {"MW", "MWI", 1'719}, {"MY", "MYS", 195'642}, {"MV", "MDV", 8'332}, {"ML", "MLI", 4'194}, {"MT", "MLT", 1'713},
    {"MH", "MHL", 70}, {"MQ", "MTQ", 748}, {"MR", "MRT", 8'875}, {"MU", "MUS", 4'533}, {"YT", "MYT", 1'963},
    {"MX", "MEX", 717'468}, {"MD", "MDA", 30'972}, {"MC", "MCO", 304}, {"MN", "MNG", 80'203}, {"ME", "MNE", 8'490},
    {"MS", "MSR", 15}, {"MA", "MAR", 543'638}, {"MZ", "MOZ", 12'533}, {"NA", "NAM", 1'345}, {"NR", "NRU", 46},
    {"NP", "NPL", 174'824}, {"NL", "NLD", 72'913}, {"NC", "NCL", 966}, {"NZ", "NZL", 16'474}, {"NI", "NIC", 48'018},
    {"NE", "NER", 1'387}, {"NG", "NGA", 339'660}, {"NF", "NFK", 1}, {"KP", "PRK", 1}, {"MP", "MNP", 114},
    {"NO", "NOR", 13'300}, {"OM", "OMN", 99'862}, {"PK", "PAK", 1'924'739}, {"PW", "PLW", 110}, {"PS", "PSE", 70'472},
    {"PA", "PAN", 31'973}, {"PG", "PNG", 11'108}, {"PY", "PRY", 18'486}, {"CN", "CHN", 14'004}, {"PE", "PER", 159'605},
    {"PH", "PHL", 2'740'905}, {"PN", "PCN", 4}, {"PL", "POL", 108'800}, {"PT", "PRT", 45'675}, {"PR", "PRI", 5'358},
    {"QA", "QAT", 66'272}, {"RE", "REU", 10'121}, {"RO", "ROU", 133'054}, {"RU", "RUS", 158'015}, {"RW", "RWA", 1'559},
    {"BL", "BLM", 19}, {"SH", "SHN", 4}, {"KN", "KNA", 182}, {"LC", "LCA", 619}, {"MF", "MAF", 50}, {"PM", "SPM", 16},
    {"VC", "VCT", 444}, {"WS", "WSM", 366}, {"SM", "SMR", 38}, {"ST", "STP", 948}, {"SA", "SAU", 833'909},
    {"SN", "SEN", 9'203}, {"RS", "SRB", 32'007}, {"SC", "SYC", 837}, {"SL", "SLE", 1'247}, {"SG", "SGP", 35'063},
    {"SX", "SXM", 115}, {"SK", "SVK", 13'164}, {"SI", "SVN", 6'204}, {"SB", "SLB", 1'294}, {"SO", "SOM", 20'951},
    {"ZA", "ZAF", 92'959}, {"KR", "KOR", 55'678}, {"SS", "SSD", 2'760}, {"ES", "ESP", 104'748}, {"LK", "LKA", 137'361},
    {"SD", "SDN", 57'742}, {"SR", "SUR", 3'417}, {"SJ", "SJM", 1}, {"SZ", "SWZ", 847}, {"SE", "SWE", 29'237},
    {"CH", "CHE", 13'728}, {"SY", "SYR", 97'131}, {"TW", "TWN", 36'790}, {"TJ", "TJK", 22'892}, {"TZ", "TZA", 10'940},
    {"TH", "THA", 432'468}, {"TL", "TLS", 6'416}, {"TG", "TGO", 3'436}, {"TO", "TON", 193}, {"TT", "TTO", 6'155},
    {"TN", "TUN", 124'191}, {"TR", "TUR", 817'503}, {"TM", "TKM", 140}, {"TC", "TCA", 228}, {"TV", "TUV", 17},
    {"UG", "UGA", 7'659}, {"UA", "UKR", 105'117}, {"AE", "ARE", 295'661}, {"GB", "GBR", 178'648}, {"US", "USA", 1'132'270},
    {"UM", "UMI", 2}, {"UY", "URY", 9'808}, {"VI", "VIR", 248}, {"UZ", "UZB", 188'050}, {"VU", "VUT", 1'321},
    {"VE", "VEN", 249'567}, {"VN", "VNM", 533'236}, {"WF", "WLF", 23}, {"EH", "ESH", 20}, {"YE", "YEM", 320'910},
    {"ZM", "ZMB", 8'777}, {"ZW", "ZWE", 3'960}, {"", "", 1'851'762},
};

constexpr PublishedType type_table[] = {
    {IncidentType::child_pornography, "child pornography", 35'925'098},
    {IncidentType::child_sex_trafficking, "child sex trafficking", 17'353},
    {IncidentType::child_sex_tourism, "child sex tourism", 2'002},
    {IncidentType::child_sexual_molestation, "child sexual molestation", 18'021},
    {IncidentType::misleading_domain_name, "misleading domain name", 6'883},
    {IncidentType::misleading_words_or_images, "misleading words/images online", 8'446},
    {IncidentType::online_enticement, "online enticement of children", 186'819},
    {IncidentType::unsolicited_obscene_material, "obscene material sent to a child", 45'746},
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

template <class Row, std::size_t N>
constexpr std::uint64_t total(const Row (&rows)[N]) {
  std::uint64_t sum = 0;
  for (const Row& row : rows) sum += row.reports_2023;
  return sum;
}
static_assert(total(country_table) == reports_2023 && total(type_table) == reports_2023);
static_assert(total(state_table) == 910'349 && total(provider_table) == 35'944'826);

}  // namespace

std::span<const Country> countries() { return country_table; }
std::span<const PublishedType> incident_types() { return type_table; }
std::span<const State> states() { return state_table; }
std::span<const Provider> providers() { return provider_table; }

}  // namespace caseledger::api::simulate
