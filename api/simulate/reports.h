// The CyberTipline reports of a year, each a stream that begins with what was ingested.
//
// How many there are by source, user location, country, state and incident type, and how many files and incidents they hold, is exact at
// every scale; which report gets what is chance. Any report can be told and written by itself: nothing is kept but the tables.
#pragma once

#include "api/simulate/recipients.h"
#include "api/simulate/stream_events.h"

namespace caseledger::api::simulate {

struct Report {
  std::uint64_t number, place;  // in the order of their receipt; in WhereTable's
  StreamId stream;
  Micros received_at;
  Whereabouts where;
  std::size_t state;   // index into states(); states().size(): none
  std::size_t source;  // index into providers(); providers().size(): the public
  schema::IncidentType type;
  std::uint32_t images, videos, others, incidents;
  bool escalated, sextortion;

  std::uint32_t files() const { return images + videos + others; }
  bool in_the_us() const { return where.location == UserLocation::us; }
};

class Reports {
 public:
  Reports(ReportTables tables, Micros begins, Micros ends, std::uint64_t seed);

  const ReportTables& tables() const { return tables_; }
  std::uint64_t count() const { return tables_.reports; }
  Micros last_moment() const { return ends_ - second_us; }
  Report at(std::uint64_t number) const;
  StreamId stream(std::uint64_t number) const;
  std::string jurisdiction(const Report& report) const;  // where the user is: US-CA, US, IN; empty where it is unknown
  std::string_view country_abroad(const Report& report) const;

  // The first event of its stream.
  void write(const Report& report, EventWriter& writer, Group& out) const;

 private:
  Micros received_at(std::uint64_t number, Chance& chance) const;

  ReportTables tables_;
  std::uint64_t seed_;
  Micros begins_, ends_, step_;  // from one report to the next
  std::array<std::uint8_t, 32> xsd_sha256_;
  WhereTable lie_;
  Deal where_, state_, type_, source_;
  Spread image_, video_, other_, bundle_;  // bundle_: incidents beyond one
};

}  // namespace caseledger::api::simulate
