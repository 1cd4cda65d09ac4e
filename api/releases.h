// Released editions as a server hands them out: which there are is what the log says, their bytes lie beside it.
//
//   DIR/releases/<template>/<period>/<as-of size>.json
// Bytes are told only if they have the SHA-256 that their release event names. Once read they stay in memory: an edition is asked for by many.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "api/kept_body.h"
#include "ledger/ledger.h"
#include "projections/reports/release.h"
#include "projections/reports/render.h"

namespace caseledger::api {

// {"template", "period", "as_of", "sha256", "position", "address", …}; all: the others, of which it may supersede one.
boost::json::object release_to_json(const reports::Release& release, std::span<const reports::Release> all);

class Releases {
 public:
  // The ledger has to outlive it.
  Releases(const Ledger& ledger, std::filesystem::path folder) : ledger_(ledger), folder_(std::move(folder)) {}

  // Everything that was released so far, in the order of the log. Errors: overloaded, io.
  Result<std::vector<reports::Release>> list() const;

  // One of them with its bytes. Errors: not_found, verification_failed (other bytes lie there), overloaded, io.
  struct Published {
    reports::Release release;
    KeptBody json;
    struct Rendered {
      std::string_view suffix, content_type;
      KeptBody body;
    };
    std::vector<Rendered> renderings;
  };
  Result<std::shared_ptr<const Published>> find(std::string_view place) const;

  static constexpr std::size_t kept_bytes_max = 256u << 20;

 private:
  Result<void> catch_up() const;
  Result<Published> read(const reports::Release& release) const;

  const Ledger& ledger_;
  const std::filesystem::path folder_;
  mutable std::mutex mutex_;
  mutable Version seen_ = 0;  // of the governance stream
  mutable std::vector<reports::Release> releases_;
  mutable std::map<std::string, std::shared_ptr<const Published>, std::less<>> kept_;
  mutable std::size_t kept_bytes_ = 0;
};

}  // namespace caseledger::api
