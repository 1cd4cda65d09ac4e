// What a CyberTipline document says of people, as the sealed parts of events: nothing left out, nothing interpreted.
#pragma once

#include <boost/json/value.hpp>

#include "api/import/cybertip_xml.h"

namespace caseledger::api {

// Everything an element says, word for word: text; or an object of "@attribute", child and "#text", children of one name as an array.
boost::json::value content_of(const Element& element);

// The element without those of its children.
Element without(const Element& element, std::initializer_list<std::string_view> children);

// In pieces of at most so many bytes as JSON, in order: objects by their members, arrays by their elements, a text that is too long as
// {"piece": 1, "of": 3, "text": …}. What fits is one piece, unchanged. Needs 6,000 bytes, more than the names around a text can take.
std::vector<boost::json::value> pieces_of(boost::json::value content, std::size_t bytes_max);

// Data of one subject; `subject` names it within its report: "victim/1", "document".
struct PersonalData {
  std::string subject, field;
  bool child_sensitive = false;
  boost::json::value content;
};

}  // namespace caseledger::api
