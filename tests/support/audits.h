// Ledgers for the audit to look at, and hands that tamper with them.
#pragma once

#include <fstream>
#include <iterator>

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
  for (const auto& finding : audit.findings) text += std::string(name(finding.severity)) + ' ' + finding.code + " at " + finding.place.text() + ": " + finding.sentence + '\n';
  return text;
}

inline bool found(const Audit& audit, std::string_view code, std::string_view place) {
  return std::ranges::any_of(audit.findings, [&](const Finding& f) { return f.code == code && f.place.text().find(place) != std::string::npos; });
}

// Something of everything the audit looks at: governance, two authors, cases closed by four eyes, sealed parts, an alert, imported facts.
class Story {
 public:
  TestLedger ledger;
  Signer first = ledger.enrol({"case_system"}, "org-1"), second = ledger.enrol({"case_system", "supervisor"}, "org-2"), importer = ledger.enrol({"importer"}, "org-3");
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
    const auto done = export_bundle(ledger->log(), ledger.log_vkey(), scratch / name, options);
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
  enum Folds : std::size_t { heads, skips, tiles, state };

  static Tamper log(const fs::path& ledger) { return {ledger / "store" / "log", store::Durability::synced, {{.name = "entries"}, {.name = "batches"}, {.name = "sealed"}, {.name = "checkpoints"}}}; }
  static Tamper folds(const fs::path& ledger) { return {ledger / "store" / "folds", store::Durability::derived, {{.name = "heads"}, {.name = "skips"}, {.name = "tiles"}, {.name = "state"}}}; }

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

inline std::string key_of(std::uint64_t number) {
  std::string key(8, '\0');
  store_be(reinterpret_cast<std::uint8_t*>(key.data()), number);
  return key;
}

}  // namespace samples
