// What each command is asked, and its exit code. Parsing the command line is main.cc's alone.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/cli/terminal.h"
#include "ledger/core/id.h"

namespace caseledger::api {

using std::filesystem::path;

struct InitOptions {
  path folder;
  std::string origin;
  std::vector<std::string> governors;
  unsigned threshold = 1;
};
Exit init(const InitOptions& options);

struct ServeOptions {
  path folder;
  std::string listen, tls_certificate, tls_key, tls_client_ca;  // empty: as ledger.toml says
  bool after_long_stop = false;
};
Exit serve(const ServeOptions& options);

Exit key_new(const path& file, const std::string& name);
Exit key_show(const path& file);

struct Remote {
  std::string server;  // http://host:port
  path key;
  std::string vkey;    // of the log; empty: the server's own word for it, which is said
};

// A bearer token for the key, good for five minutes.
Exit print_token(const Remote& remote);

struct EnrollOptions {
  Remote remote;  // key: a governor's
  std::string vkey, organisation;
  std::vector<std::string> roles, groups, jurisdictions;
};
Exit enroll(const EnrollOptions& options);
Exit proposal_list(const Remote& remote, Format format);
Exit proposal_approve(const Remote& remote, std::uint32_t version);

struct AdoptOptions {
  Remote remote;               // key: a governor's
  std::string policy;          // its stream
  std::uint32_t version = 1;   // of the stream: which publication
  std::string effective_from;  // RFC 3339; empty: now
};
Exit proposal_adopt(const AdoptOptions& options);

struct ProposeOptions {
  Remote remote;  // key: a governor's, or for an excision a privacy officer's
  std::string stream;
  std::uint32_t version = 0;
  std::string authority, kind;  // of an excision; kind and position are looked up where they are not given
  std::optional<std::uint64_t> position, compromised_from, from_index;
  std::string vkey, reason;
  std::vector<std::string> governors;
  unsigned threshold = 1;
  path folder;                  // of the ledger, for a new log key
  std::optional<std::uint64_t> from_size;
};
Exit proposal_excise(const ProposeOptions& options);
Exit proposal_publish_entries(const ProposeOptions& options);
Exit proposal_revoke(const ProposeOptions& options);
Exit proposal_governors(const ProposeOptions& options);
Exit key_rotate(const ProposeOptions& options);
// Errors: already_recorded, and what the server says.
Result<void> adopt(const Remote& remote, const StreamId& policy, Version version, Micros effective_from, std::string& said);

struct AppendOptions {
  Remote remote;
  std::size_t batch = 256;
  path receipts;  // a folder, or empty
  path input = "-";
};
Exit append_events(const AppendOptions& options);

// Where to read from: a server, or a folder that may be in use.
struct Source {
  std::string server;
  path key;  // of who reads; none: as the server tells those it does not know
  path folder;
};

struct EventsOptions {
  Source source;
  std::uint64_t from = 0;
  std::optional<std::uint64_t> limit;
  std::string stream;
  std::vector<std::string> types, kinds, jurisdictions;
  std::string since, until;  // RFC 3339, of recording
  bool follow = false;
  Remote remote;  // for follow: the log's key
  Format format = Format::jsonl;
};
Exit events(const EventsOptions& options);
// The same events, a line of JSON each, for as long as the visitor wants more.
using EventLine = std::function<bool(std::string_view)>;
Result<void> each_event_line(const EventsOptions& options, const EventLine& visit);

struct ReplayOptions {
  Source source;
  path policy;            // its parameters, as JSON
  std::string decided_by; // the stream of a policy: only decisions under it; empty: under any
  Format format = Format::table;
};
Exit replay_policy(const ReplayOptions& options);

struct StateOptions {
  Source source;
  std::string stream, as_of, as_at;
  std::string since;  // what changed after this point; empty: the state
  Format format = Format::table;
};
Exit state(const StateOptions& options);

struct QueuesOptions {
  Source source;
  std::optional<std::string> queue;  // none: all, in numbers
  std::vector<std::string> priorities, kinds, jurisdictions;
  bool overdue = false;
  std::uint64_t limit = 100;
  std::string as_of;
  Format format = Format::table;
};
Exit queues(const QueuesOptions& options);

struct FiguresOptions {
  Source source;
  std::vector<std::string> ids;
  std::string by;  // dimensions, divided by commas
  std::string as_of, period;
  bool events = false;  // the streams and events of one figure
  Format format = Format::table;
};
Exit figures(const FiguresOptions& options);

struct ReportOptions {
  Source source;
  std::string template_id, period, as_of;
  path previous, out;
  bool monthly = false;  // one edition a month of the period
  Format format = Format::json;
};
Exit make_report(const ReportOptions& options);

struct ReleaseOptions {
  path edition, folder;
  std::string server;  // where the folder is being served; empty: nobody has it open
};
Exit release_report(const ReleaseOptions& options);

struct SupersedeOptions {
  path edition, folder, out;
  std::string reason, as_of;
};
Exit supersede_report(const SupersedeOptions& options);

struct RenderOptions {
  std::vector<path> files;
  path out;  // a folder for one edition, a page for several
};
Exit render_reports(const RenderOptions& options);

Exit list_reports(const Source& source, Format format);
Exit compare_reports(const path& a, const path& b, Format format);

struct SeriesOptions {
  std::vector<path> files;
  std::vector<std::string> metrics, by;
  Format format = Format::table;
};
Exit report_series(const SeriesOptions& options);

struct VerifyOptions {
  std::vector<path> files;
  path policy, bundle, event;
  std::vector<std::string> vkeys;
};
Exit verify_files(const VerifyOptions& options);

struct AuditOptions {
  std::string source;  // a folder, a bundle, or a URL
  path key;            // of who reads a URL
  std::string vkey;
  Format format = Format::table;
};
Exit audit_source(const AuditOptions& options);

Exit export_folder(const path& folder, const path& out, std::optional<std::uint64_t> size);
Exit rebuild_folder(const path& folder, unsigned threads);
Exit import_portals(const path& file, const path& key);  // key: the importer's, from which salts are derived

struct CybertipOptions {
  std::vector<path> files;
  path key;     // the importer's, from which salts are derived
  path schema;  // empty: documents are not validated
  std::string esp, api_version = "not_stated", received_at;
};
Exit import_cybertip(const CybertipOptions& options);

struct BackupRequest {
  path folder, backup, vault;  // vault: a file for the copy of its keys, or none
};
Exit backup_folder(const BackupRequest& request);

struct RestoreRequest {
  path backup, folder, vault, last_signed;
  std::string vkey;
};
Exit restore_folder(const RestoreRequest& request);

struct ErasureRequest {
  Remote remote;
  std::string stream, subject, basis, outcome, exception, operator_code;
  std::vector<std::string> spared;      // STREAM or STREAM:VERSION, of a partial decision
  std::optional<std::uint32_t> decide;  // the version of the request that is decided; none: this is a request
};
Exit erase_subject(const ErasureRequest& request);

struct HoldRequest {
  Remote remote;
  std::string stream, authority, until, operator_code;
  std::optional<std::uint32_t> release;  // the version of the hold that ends; none: one is placed
};
Exit change_hold(const HoldRequest& request);

struct DueRequest {
  path folder;
  std::string at;  // a time; empty: now
  Format format = Format::table;
};
Exit list_due(const DueRequest& request);

struct UnsealRequest {
  Remote remote;
  std::string stream, purpose, of_case, operator_code;
  std::optional<std::uint32_t> version;  // only this event's
  bool is_owner = false;
};
Exit unseal_stream(const UnsealRequest& request);

struct SimulateOptions {
  std::string profile;
  unsigned year = 2023;
  std::uint64_t reports_scale = 1000, cases_scale = 1, seed = 1;
  std::string author;   // only events of this role; empty: all
  Remote remote;        // server: append as it goes
  path keys;            // a folder with <role>.key
  bool plan_only = false;
};
Exit simulate_year(const SimulateOptions& options);

struct BenchOptions {
  path folder;
  std::vector<std::string> only;
  bool json = false;
  std::uint64_t events = 1'000'000;
  std::string postgres;
};
Exit bench_table(const BenchOptions& options);

}  // namespace caseledger::api
