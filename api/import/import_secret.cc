#include "api/import/import_secret.h"

#include <boost/json.hpp>
#include <sodium.h>

#include "api/json.h"

namespace caseledger::api {

Hash ImportSecret::of(std::string_view use, Bytes what) const {
  Buffer input;
  append(input, bytes_of(use));
  input.push_back(0);
  append(input, what);
  Hash out;
  crypto_generichash(out.bytes.data(), out.bytes.size(), input.data(), input.size(), secret_.bytes.data(), secret_.bytes.size());
  return out;
}

void ImportSecret::add_salts(boost::json::object& event) const {
  const std::string whole = to_text(event);
  if (auto* sealed = event.if_contains("sealed"))
    for (std::size_t i = 0; i < sealed->as_array().size(); ++i)
      sealed->as_array()[i].as_object()["salt"] = base64(of("part " + std::to_string(i), bytes_of(whole)).bytes);
  event["salt"] = base64(Bytes(of("event", bytes_of(whole)).bytes).first(16));
}

}  // namespace caseledger::api
