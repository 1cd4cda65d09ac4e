// The CyberTipline reports of the year, each a stream of one event.
//
// How many there are by country, by incident type and by provider, and how many files and incidents they hold, is exact at every scale;
// which report gets what is chance. Any report can be written by itself: nothing is kept but the tables.
#pragma once

#include "api/simulate/apportion.h"
#include "api/simulate/event_writer.h"

namespace caseledger::api::simulate {

class Reports {
 public:
  Reports(std::uint64_t parts, std::uint64_t seed);

  std::uint64_t count() const { return count_; }
  std::uint64_t incidents() const { return incidents_; }
  std::uint64_t images() const { return images_; }
  std::uint64_t videos() const { return videos_; }
  std::uint64_t other_files() const { return others_; }
  const std::vector<std::uint64_t>& by_country() const { return country_.shares(); }  // as countries() lists them
  const std::vector<std::uint64_t>& by_type() const { return type_.shares(); }
  const std::vector<std::uint64_t>& by_provider() const { return provider_.shares(); }

  void write(std::uint64_t number, EventWriter& writer, SimulatedEvent& out) const;

 private:
  std::uint64_t seed_, count_, incidents_, images_, videos_, others_;
  Micros step_;  // from one report to the next
  std::array<std::uint8_t, 32> xsd_sha256_;
  Deal country_, type_, provider_;
  Spread image_, video_, other_, bundle_;  // bundle_: incidents beyond one
};

}  // namespace caseledger::api::simulate
