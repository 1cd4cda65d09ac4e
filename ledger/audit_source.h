// What an audit reads from: entry after entry, each with everything that stands beside it. Nothing is checked here.
#pragma once

#include "ledger/audit.h"

namespace caseledger::audit {

inline std::string number(std::uint64_t value) { return std::to_string(value); }  // for sentences

// One event as check() saw it.
struct SeenEvent {
  ItemKind kind = ItemKind::event;
  std::optional<EventView> view;  // of well-formed event bytes, into Exhibit::aligned
  std::uint32_t refs_begin = 0, refs_end = 0;
};

// One entry with all there is about it.
struct Exhibit {
  EntryIndex index;
  // As the source has it.
  Buffer entry;           // empty: cannot be read, which a finding says
  bool has_items = false;
  Buffer items;
  std::uint32_t count = 0;             // of items, as the source says; 0: as the entry says
  std::optional<Position> first;       // where the source keeps them
  std::optional<Buffer> links;         // u64le each, in a data folder
  struct Sealed {
    Position position;
    std::uint16_t part;
    Buffer bytes;
  };
  std::vector<Sealed> sealed;
  bool sealed_complete = false;        // all there are, in a data folder that could be read
  struct Note {
    std::uint64_t size;
    std::string text;
  };
  std::vector<Note> notes;             // checkpoints stored up to here
  std::vector<Finding> findings;       // in the order of what follows

  // As check() saw it.
  std::optional<Entry> parsed;
  std::optional<Hash> leaf;
  bool sound = false;                  // author's signature and root hold over these very items
  Buffer aligned;
  std::vector<SeenEvent> events;
  std::vector<FoundRef> refs;
  std::vector<std::optional<Checkpoint>> checkpoints;  // of the notes, where they hold
  std::uint32_t signatures = 0, sealed_parts = 0, opened_parts = 0, erased_parts = 0;

  void clear(EntryIndex at);
};

class Source {
 public:
  virtual ~Source() = default;

  // The next entry; false behind the last one, with what was found there.
  virtual bool draw(Exhibit& exhibit) = 0;

  // A tile as it is kept: nothing where none has to be.
  struct Kept {
    TileId id;
    Hashes hashes;
  };
  virtual Result<std::optional<Kept>> tile(unsigned level, std::uint64_t index) = 0;
  virtual TileId tile_id(unsigned level, std::uint64_t index) const = 0;
  virtual Place tile_place(const TileId& tile) const = 0;
  virtual Place entry_place(EntryIndex index) const = 0;
  virtual Place batch_place(EntryIndex index) const = 0;
  virtual Place note_place(std::uint64_t size) const { return {.path = "store/log checkpoint " + number(size)}; }

  // What was drawn before, once more.
  struct Again {
    Buffer event;
    PublicKey author;
  };
  virtual Result<Again> event(Position position) = 0;
  virtual Result<Entry> entry(EntryIndex index) = 0;

  // Copies may leave out the bytes of events; the ledger's own folder only those that were excised.
  virtual bool may_withhold() const = 0;
};

inline Finding error(std::string code, Place place, std::string sentence) {
  return {Severity::error, std::move(code), std::move(place), std::move(sentence)};
}
inline Finding warning(std::string code, Place place, std::string sentence) {
  return {Severity::warning, std::move(code), std::move(place), std::move(sentence)};
}

// Takes findings in, up to the maximum.
class Findings {
 public:
  Findings(Audit& audit, std::size_t max) : audit_(audit), max_(max) {}
  void add(Finding finding) {
    audit_.errors += finding.severity == Severity::error;
    if (audit_.findings.size() < max_) audit_.findings.push_back(std::move(finding));
    else ++audit_.further_findings;
  }
  void add(std::vector<Finding>& findings) {
    for (auto& each : findings) add(std::move(each));
    findings.clear();
  }

 private:
  Audit& audit_;
  std::size_t max_;
};

}  // namespace caseledger::audit
