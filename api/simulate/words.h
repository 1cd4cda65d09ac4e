// Invented names and codes. None of them belongs to anyone: names are made of syllables no register has, agencies and plates carry SIM.
#pragma once

#include <optional>
#include <string>

#include "api/simulate/case_plan.h"

namespace caseledger::api::simulate {

// {"birth_date":"2010-03-04","name":"Velora Quintazh","synthetic":true}; without a birth date where there is none to know.
std::string identity_json(Chance& chance, std::optional<Micros> born_at);
std::string plate_json(Chance& chance);
std::string note_json(Chance& chance);

std::string numbered(std::string_view prefix, std::uint64_t number, std::size_t digits);
std::string ori(const State& state, std::uint64_t number);     // CASIM0042
std::string us(const State& state);                            // US-CA
std::string county(const State& state, std::uint64_t number);  // CA-SIM-07

}  // namespace caseledger::api::simulate
