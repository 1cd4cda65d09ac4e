#include "api/simulate/words.h"

#include <algorithm>

namespace caseledger::api::simulate {

namespace {

constexpr std::string_view given_begins[] = {"Vel", "Zor", "Quin", "Thal", "Bryx", "Jor", "Mev", "Ilv", "Oz", "Pell", "Rhud", "Syl"};
constexpr std::string_view given_ends[] = {"ora", "anel", "tiva", "imar", "ezza", "odrin", "uvek", "yssa"};
constexpr std::string_view family_begins[] = {"Quibb", "Trazz", "Vend", "Oxl", "Mirz", "Fesp", "Gluv", "Hask", "Yarv", "Dromb"};
constexpr std::string_view family_ends[] = {"etrask", "inzhal", "rikmoor", "ovast", "ellonzo", "umfrey", "azhani", "obrecht"};
constexpr std::string_view notes[] = {
    "Synthetic note: spoke with the caller, nothing new.", "Synthetic note: school asked for attendance.",
    "Synthetic note: phone last seen two days ago.", "Synthetic note: relative will call back.",
};

template <std::size_t N>
std::string_view any(const std::string_view (&words)[N], Chance& chance) {
  return words[chance.below(N)];
}

}  // namespace

std::string identity_json(Chance& chance, std::optional<Micros> born_at) {
  std::string json = "{";
  if (born_at) json += "\"birth_date\":\"" + to_rfc3339(*born_at).substr(0, 10) + "\",";
  json += "\"name\":\"";
  json.append(any(given_begins, chance)).append(any(given_ends, chance)).append(" ");
  json.append(any(family_begins, chance)).append(any(family_ends, chance));
  return json + "\",\"synthetic\":true}";
}

std::string plate_json(Chance& chance) { return '"' + numbered("SIM", chance.below(100'000), 5) + '"'; }

std::string note_json(Chance& chance) { return std::string("\"").append(any(notes, chance)).append("\""); }

std::string numbered(std::string_view prefix, std::uint64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(prefix) + std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string ori(const State& state, std::uint64_t number) { return numbered(std::string(state.code) + "SIM", number, 4); }
std::string us(const State& state) { return "US-" + std::string(state.code); }
std::string county(const State& state, std::uint64_t number) { return numbered(std::string(state.code) + "-SIM-", number, 2); }

}  // namespace caseledger::api::simulate
