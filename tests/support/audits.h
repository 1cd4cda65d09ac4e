// Ledgers for the audit to look at, and hands that tamper with them.
#pragma once

#include <fstream>
#include <iterator>

#include "api/genesis.h"
#include "ledger/audit.h"
#include "tests/support/ledgers.h"

namespace samples {

namespace fs = std::filesystem;

// A folder that is gone when the test is over.
class Scratch {
 public:
  Scratch() : path_((fs::temp_directory_path() / "caseledger-scratch-XXXXXX").string()) {
    if (!mkdtemp(path_.data())) throw std::runtime_error("cannot make " + path_);
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(const std::string& name) const { return fs::path(path_) / name; }

 private:
  std::string path_;
};

inline std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

inline std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& each : fs::recursive_directory_iterator(folder))
    if (each.is_regular_file()) files.push_back(each.path().lexically_relative(folder).generic_string());
  std::ranges::sort(files);
  return files;
}

inline std::string told(const Audit& audit) {
  std::string text;
  for (const auto& [severity, code, place, sentence] : audit.findings)
    text += std::string(name(severity)) + ' ' + code + " at " + place.text() + ": " + sentence + '\n';
  return text;
}

inline bool found(const Audit& audit, std::string_view code, std::string_view place) {
  return std::ranges::any_of(audit.findings, [&](const Finding& f) { return f.code == code && f.place.text().find(place) != std::string::npos; });
}

// A fact that was recorded elsewhere.
inline Buffer imported_event(std::string_view type, std::string_view kind, const StreamId& stream, Version version, std::string_view body) {
  const std::string line = R"({"stream":")" + to_string(stream) + R"(","kind":")" + std::string(kind) + R"(","version":)" + std::to_string(version) +
                           R"(,"type":")" + std::string(type) + R"(","occurred_at":"2024-03-05T14:00:00Z","precision":"minute","operator":"op-9",)" +
                           R"("jurisdiction":"US-TX","purpose":"missing_child","handling":"law_enforcement",)" +
                           R"("imported":{"source":"legacy","source_id_digest":")" + std::string(64, 'a') + R"("},"body":)" + std::string(body) + '}';
  auto draft = api::event_from_json(line, api::system_random());
  if (!draft) throw std::logic_error(draft.error().sentence);
  return std::move(draft->event);
}

inline AuditOptions trusting(const Vkey& trusted) {
  AuditOptions options;
  options.log_key = trusted;
  return options;
}

// Something of everything the audit looks at: governance, two authors, cases closed by four eyes, sealed parts, an alert, imported facts.
class Story {
 public:
  TestLedger ledger;
  Signer first = ledger.enrol({"case_system"}, "org-1");
  Signer second = ledger.enrol({"case_system", "supervisor"}, "org-2");
  Signer importer = ledger.enrol({"importer"}, "org-3");
  StreamId open_case = new_stream(), closed_case = new_stream(), alert = new_stream();
  Position sealed_at;  // of an event with a sealed part

  // 3 entries by the governor, then 6 by the authors.
  Story() {
    ledger.record(first, {case_opened(open_case), case_assigned(open_case, 2), case_opened(closed_case)});
    auto noted = case_noted(open_case, 3, "seen at the station");
    sealed_at = ledger.record(first, {noted.event}, std::move(noted.openings)).first_position;
    ledger.record(first, {close(2, "op-1", "[]")});
    ledger.record(second, {close(3, "op-2", R"([{"stream":")" + to_string(closed_case) + R"(","version":2}])")});
    ledger.record(first, {alert_raised(alert)});
    ledger.record(second, {event("AlertAdjudicated", "alert", alert, 2, R"({"outcome":"misread","method":"image_compare","human":true,"at":"2024-03-05T20:00:00Z"})",
                                 {.operator_code = "op-2"})});
  }

  Buffer close(Version version, std::string who, std::string causes) const {
    return event("CaseClosed", "case", closed_case, version, R"({"reason":"unfounded"})", {.operator_code = std::move(who), .causes = std::move(causes)});
  }

  void grow(std::size_t entries) {
    for (std::size_t i = 0; i < entries; ++i) ledger.record(first, {case_opened(new_stream())});
  }

  fs::path exported(const Scratch& scratch, const std::string& name = "bundle", ExportOptions options = {}) {
    const auto done = export_bundle(ledger->log(), {{ledger.log_vkey()}}, scratch / name, options);
    if (!done) throw std::logic_error(done.error().sentence);
    return scratch / name;
  }

  Audit audited(AuditOptions options = {}) const {
    auto audit = audit_folder(ledger.folder(), options);
    if (!audit) throw std::logic_error(audit.error().sentence);
    return std::move(*audit);
  }
};

// The rows of a closed ledger, to be changed with valid checksums.
class Tamper {
 public:
  enum Log : std::size_t { entries, batches, sealed, checkpoints };
  enum Folds : std::size_t { heads, skips, tiles, state, shares };

  static Tamper log(const fs::path& ledger) {
    return {ledger / "store" / "log", store::Durability::synced, {{.name = "entries"}, {.name = "batches"}, {.name = "sealed"}, {.name = "checkpoints"}}};
  }
  static Tamper folds(const fs::path& ledger) {
    return {ledger / "store" / "folds", store::Durability::derived, {{.name = "heads"}, {.name = "skips"}, {.name = "tiles"}, {.name = "state"}, {.name = "shares"}}};
  }

  std::vector<std::pair<std::string, std::string>> rows(std::size_t family) const {
    std::vector<std::pair<std::string, std::string>> found;
    auto cursor = database_->cursor(family);
    for (cursor.seek_first(); cursor.valid(); cursor.next()) found.emplace_back(text_of(cursor.key()), text_of(cursor.value()));
    return found;
  }
  void put(std::size_t family, std::string_view key, std::string_view value) {
    auto batch = database_->batch();
    batch->put(family, bytes_of(key), bytes_of(value));
    commit(*batch);
  }
  void erase(std::size_t family, std::string_view key) {
    auto batch = database_->batch();
    batch->erase(family, bytes_of(key));
    commit(*batch);
  }
  void flush() { (void)database_->flush(); }

 private:
  Tamper(const fs::path& folder, store::Durability durability, std::vector<store::FamilyOptions> families) {
    auto opened = store::Database::open(folder, durability, std::move(families));
    if (!opened) throw std::logic_error(opened.error().sentence);
    database_ = std::move(*opened);
  }
  void commit(store::Database::Batch& batch) {
    if (auto written = database_->write(batch); !written) throw std::logic_error(written.error().sentence);
  }
  std::unique_ptr<store::Database> database_;
};

// Whoever holds the log's key and writes what no sequencer would admit: everything hashes and is signed.
class Forger {
 public:
  const std::string origin = "ledger.example.org/l/forged";
  const Signer log_key = Signer::generate(origin), service = Signer::generate("service.test"), governor = Signer::generate("governor.test");
  Micros now = 1'800'000'000'000'000;
  Position next;

  Forger() {
    auto opened = store::Log::open(folder() / "store" / "log");
    if (!opened) throw std::logic_error(opened.error().sentence);
    log_ = std::move(*opened);
    auto marked = store::LastSigned::open(folder() / "last-signed");
    if (!marked) throw std::logic_error(marked.error().sentence);
    last_signed_.emplace(std::move(*marked));
  }

  fs::path folder() const { return scratch_ / "."; }
  void genesis() { record(governor, {api::genesis_event({origin, log_key.vkey(), service.vkey(), {governor.vkey()}, 1, {}}, now, api::system_random())->event}); }
  Signer enrol(std::vector<std::string> roles) {
    const StreamId stream = rules::governance_stream(origin);
    Signer author = Signer::generate("author.test");
    const api::EnrolmentRequest request{author.vkey(), "org-1", std::move(roles), {}, {}};
    record(governor, {api::enrolment_event(origin, heads_.get(stream).version + 1, request, now, api::system_random())->event});
    return author;
  }

  void record(const Signer& author, const std::vector<Buffer>& events) {
    const std::vector<Bytes> views(events.begin(), events.end());
    const auto batch = sign_batch(views, origin, author);
    const auto signed_batch = parse_batch(batch);
    Hashes leaves;
    Buffer links, items;
    for (std::size_t i = 0; i < events.size(); ++i) {
      leaves.push_back(leaf_hash(events[i]));
      append_item(items, ItemKind::event, events[i]);
      const EventView event = view_event(events[i]);
      const auto place = heads_.place(event.stream);
      append_le(links, heads_.at(place).version == 0 ? store::no_link.value : heads_.at(place).last.value);
      heads_.set(place, rules::apply(heads_.at(place), event, next + i));
    }
    const Entry entry{static_cast<std::uint32_t>(events.size()), next, now, author.vkey().key, tree_head(leaves), signed_batch->signature};
    auto group = log_->group();
    const Bytes piece = items;
    group.add({edge_.size()}, entry, links, {&piece, 1});
    edge_.append(leaf_hash(entry.encode()));
    group.add_checkpoint(edge_.size(), sign_checkpoint({origin, edge_.size(), edge_.root()}, log_key));
    if (!log_->commit(group) || !last_signed_->write({edge_.size(), edge_.root()})) throw std::logic_error("cannot write the forged log");
    next = next + events.size();
  }

  Audit audited() const { return *audit_folder(folder()); }

 private:
  Scratch scratch_;
  std::unique_ptr<store::Log> log_;
  std::optional<store::LastSigned> last_signed_;
  store::Heads heads_;
  Edge edge_;
};

inline std::string key_of(std::uint64_t number) {
  std::string key(8, '\0');
  store_be(reinterpret_cast<std::uint8_t*>(key.data()), number);
  return key;
}

}  // namespace samples
