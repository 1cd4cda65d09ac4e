// Writes the events of one stream into a group, one after the other: the envelope is said once.
#pragma once

#include "api/simulate/event_writer.h"

namespace caseledger::api::simulate {

// Where the events of a group go; the buffers of earlier groups are used again.
class Group {
 public:
  SimulatedEvent& add() {
    if (used_ == events_.size()) events_.emplace_back();
    return events_[used_++];
  }
  std::span<SimulatedEvent> events() { return {events_.data(), used_}; }
  void clear() { used_ = 0; }

 private:
  std::vector<SimulatedEvent> events_;
  std::size_t used_ = 0;
};

class Pen {
 public:
  // The envelope's version is that of the stream's last event before; its texts are borrowed.
  Pen(EventWriter& writer, Group& out, const Envelope& envelope_before, Chance its_chance)
      : envelope(envelope_before), chance(its_chance), writer_(writer), out_(out) {}

  Envelope envelope;  // of the next event, which takes the version after this one's
  Chance chance;

  EventWriter& writer() { return writer_; }
  flatbuffers::FlatBufferBuilder& fbb() { return writer_.builder(); }
  TextOffset text(std::string_view value) { return writer_.text(value); }
  schema::Ref last() const { return ref_to(envelope.stream, envelope.version); }

  template <class Table>
  void write(Micros at, flatbuffers::Offset<Table> body, std::span<const schema::Ref> causes = {}) {
    ++envelope.version;
    envelope.occurred_at = at;
    envelope.causes = causes;
    writer_.write(envelope, body, chance, out_.add());
  }

 private:
  EventWriter& writer_;
  Group& out_;
};

}  // namespace caseledger::api::simulate
