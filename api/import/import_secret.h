// Chance that can be drawn again: what an import leaves to chance follows from its importer's key and the event itself.
//
// The same documents, imported with the same key, give the same bytes, so that what was cut off can simply be done again; and nobody
// without the key can tell a salt, which is what hides an event behind its hash.
#pragma once

#include <boost/json/object.hpp>

#include "ledger/core/note.h"

namespace caseledger::api {

class ImportSecret {
 public:
  explicit ImportSecret(const Signer& importer) : secret_(importer.derive("caseledger/import/v1")) {}

  Hash of(std::string_view use, Bytes what) const;
  // An event as NDJSON has it, with its salt and those of its sealed parts.
  void add_salts(boost::json::object& event) const;

 private:
  Hash secret_;
};

}  // namespace caseledger::api
