// Typed reading of elements; every refusal names the element and its line, never the value.
#pragma once

#include "api/import/cybertip_documents.h"

namespace caseledger::api {

std::unexpected<LineProblem> refuse_element(const Element& at, std::string_view why);

OrLine<const Element*> one_child(const Element& in, std::string_view name);
OrLine<const Element*> optional_child(const Element& in, std::string_view name);  // nullptr where there is none

OrLine<bool> boolean_of(const Element& element);
OrLine<std::uint64_t> id_of(const Element& element);      // an xs:long that is not negative
OrLine<std::int32_t> code_of(const Element& element);     // an xs:int
OrLine<StatedTime> time_of(const Element& element);       // an xs:dateTime; without an offset it is read as UTC

}  // namespace caseledger::api
