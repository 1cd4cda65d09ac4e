// The command line. Help leads with examples; everything else is in the commands' own files.
#include <CLI/CLI.hpp>
#include <csignal>
#include <malloc.h>
#include <sys/prctl.h>
#include <sodium.h>

#include "api/cli/commands.h"
#include "api/cli/completion.h"
#include "ledger/core/bytes.h"

using namespace caseledger;
using namespace caseledger::api;

namespace {

// "1:1000" → 1000.
std::uint64_t parse_scale(const std::string& text) {
  const auto n = text.starts_with("1:") ? from_decimal(std::string_view(text).substr(2)) : Result<std::uint64_t>(fail(Errc::usage, ""));
  if (!n || *n == 0) throw CLI::ValidationError("--scale", "wanted 1:N with N from 1 on, found " + text);
  return *n;
}

class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "caseledger " CASELEDGER_VERSION);
    app_.get_formatter()->column_width(34);
    app_.footer("Data goes to standard output, progress and logs to standard error; - is standard input.\n"
                "Exit codes: 0 ok, 1 failure, 2 usage, 3 verification failed (tampering), 4 not found, 5 conflict,\n"
                "6 unavailable or timed out, 7 not permitted, 8 partly done.");
    folder_commands();
    governance_commands();
    writing_commands();
    reading_commands();
    report_commands();
    safe_commands();
    checking_commands();
    auto* completion = command(app_, "completion", "Print a script that lets a shell complete command lines",
                               "  source <(caseledger completion bash)\n  caseledger completion fish > ~/.config/fish/completions/caseledger.fish", [this] {
                                 std::vector<CommandWords> commands;
                                 add_words(app_, "", commands);
                                 std::fputs(completion_script(name_, commands).c_str(), stdout);
                                 return Exit::ok;
                               });
    completion->add_option("SHELL", name_, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const int code = app_.exit(error);
      return code == 0 ? 0 : static_cast<int>(Exit::usage);
    }
    return static_cast<int>(chosen_());
  }

 private:
  CLI::App* command(CLI::App& under, const std::string& name, const std::string& what, const std::string& examples, std::function<Exit()> run) {
    auto* made = under.add_subcommand(name, what + "\n\nExamples:\n" + examples);
    if (run) made->callback([this, run = std::move(run)] { chosen_ = run; });
    return made;
  }
  static void add_words(const CLI::App& app, const std::string& path, std::vector<CommandWords>& into) {
    CommandWords words{path, app.get_description().substr(0, app.get_description().find('\n')), {}};
    const auto beneath = app.get_subcommands([](const CLI::App*) { return true; });
    for (const auto* each : beneath) words.words.push_back(each->get_name());
    for (const auto* option : app.get_options())
      for (const auto& name : option->get_lnames()) words.words.push_back("--" + name);
    into.push_back(std::move(words));
    for (const auto* each : beneath) add_words(*each, path.empty() ? each->get_name() : path + ' ' + each->get_name(), into);
  }
  void format(CLI::App* to, Format& into) {
    to->add_option_function<std::string>(
          "--format", [&into](const std::string& text) {
            const auto parsed = parse_format(text);
            if (!parsed) throw CLI::ValidationError("--format", parsed.error().sentence);
            into = *parsed;
          }, "table, json, jsonl or csv");
  }
  void remote(CLI::App* to, Remote& into, bool key_needed, const std::string& key_name = "--key", const std::string& what = "the author's private key") {
    to->add_option("--server", into.server, "the ledger's address, such as http://127.0.0.1:8420")->envname("CASELEDGER_SERVER")->required(key_needed);
    to->add_option(key_name, into.key, what)->envname("CASELEDGER_KEY")->required(key_needed);
    to->add_option("--log-vkey", into.vkey, "the log's key as you know it; without it the server's own word is taken")->envname("CASELEDGER_LOG_VKEY");
  }
  void importer(CLI::App* to, path& into) {
    to->add_option("--key", into, "the importer's private key: what an import leaves to chance follows from it, so that the same files give the same events again")
        ->envname("CASELEDGER_KEY")
        ->required();
  }
  void source(CLI::App* to, Source& into) {
    auto* server = to->add_option("--server", into.server, "the ledger's address")->envname("CASELEDGER_SERVER");
    to->add_option("--key", into.key, "an enrolled key, to read as")->envname("CASELEDGER_KEY");
    to->add_option("--dir", into.folder, "a ledger's folder, read as it lies")->excludes(server);
  }

  void folder_commands() {
    auto* init_ = command(app_, "init", "Make a new, empty ledger", "  caseledger init ledger --origin ledger.example.org/l/1", [this] { return init(init_options_); });
    init_->add_option("DIR", init_options_.folder, "a folder that is empty or not there yet")->required();
    init_->add_option("--origin", init_options_.origin, "the ledger's name: a URL without scheme")->required();
    init_->add_option("--governor", init_options_.governors, "a governor's vkey, once for each; without any, a key is made in DIR/keys");
    init_->add_option("--threshold", init_options_.threshold, "how many governors decide");

    auto* serve_ = command(app_, "serve", "Serve a ledger until SIGTERM", "  caseledger serve ledger\n  caseledger serve ledger --listen 0.0.0.0:8443 --tls-cert c.pem --tls-key k.pem",
                           [this] { return serve(serve_options_); });
    serve_->add_option("DIR", serve_options_.folder, "the ledger's folder")->required();
    serve_->add_option("--listen", serve_options_.listen, "address and port; beyond loopback TLS is needed")->envname("CASELEDGER_LISTEN");
    serve_->add_option("--tls-cert", serve_options_.tls_certificate, "certificate chain, PEM");
    serve_->add_option("--tls-key", serve_options_.tls_key, "its private key, PEM");
    serve_->add_option("--client-ca", serve_options_.tls_client_ca, "demand client certificates of this authority");
    serve_->add_flag("--after-long-stop", serve_options_.after_long_stop, "confirm the clock after more than 30 days without an entry");

    auto* export_ = command(app_, "export", "Write a bundle that can be audited offline", "  caseledger export ledger bundle", [this] { return export_folder(folder_, out_, size_); });
    export_->add_option("DIR", folder_, "the ledger's folder")->required();
    export_->add_option("OUT", out_, "a folder that is not there yet")->required();
    export_->add_option("--size", size_, "entries to include; all without it");

    auto* rebuild_ = command(app_, "rebuild", "Fold everything derivable anew from the log", "  caseledger rebuild ledger", [this] { return rebuild_folder(folder_, threads_); });
    rebuild_->add_option("DIR", folder_, "the ledger's folder; not while it is served")->required();
    rebuild_->add_option("--threads", threads_, "how many");
  }

  void governance_commands() {
    auto* key = command(app_, "key", "Make and show keys", "  caseledger key new desk.key --name desk.example.org\n  caseledger key show desk.key", {});
    key->require_subcommand(1);
    auto* fresh = command(*key, "new", "Make a private key; prints its vkey", "  caseledger key new desk.key --name desk.example.org", [this] { return key_new(folder_, name_); });
    fresh->add_option("FILE", folder_, "a file that is not there yet")->required();
    fresh->add_option("--name", name_, "the key's name, without spaces")->required();
    auto* rotate = command(*key, "rotate", "Make a new log key in a ledger's folder, and propose that it signs from a size on",
                           "  caseledger key rotate ledger --as governor.key --server http://127.0.0.1:8420", [this] { return key_rotate(propose_options_); });
    rotate->add_option("DIR", propose_options_.folder, "the ledger's folder")->required();
    rotate->add_option("--from-size", propose_options_.from_size, "its first checkpoint has so many entries, or more; 1000 from now without it");
    remote(rotate, propose_options_.remote, true, "--as", "a governor's private key");
    auto* show = command(*key, "show", "Print the vkey of a private key", "  caseledger key show desk.key", [this] { return key_show(folder_); });
    show->add_option("FILE", folder_, "a private key")->required();

    auto* token = command(app_, "token", "Print a bearer token for HTTP reads, good for five minutes",
                          "  curl -H \"Authorization: Bearer $(caseledger token --key desk.key --server http://127.0.0.1:8420)\" http://127.0.0.1:8420/v1/events",
                          [this] { return print_token(remote_); });
    token->add_option("--server", remote_.server, "the ledger's address, as the token's user dials it")->envname("CASELEDGER_SERVER")->required();
    token->add_option("--key", remote_.key, "an enrolled key")->envname("CASELEDGER_KEY")->required();

    auto* enroll_ = command(app_, "enroll", "Propose, as a governor, to enrol an author's key",
                            "  caseledger enroll --server http://127.0.0.1:8420 --as ledger/keys/governor.key \\\n    --vkey \"$(caseledger key show desk.key)\" --organisation desk --role case_system",
                            [this] { return enroll(enroll_options_); });
    remote(enroll_, enroll_options_.remote, true, "--as", "the governor's private key");
    enroll_->add_option("--vkey", enroll_options_.vkey, "the author's vkey")->required();
    enroll_->add_option("--organisation", enroll_options_.organisation, "whom it writes for")->required();
    enroll_->add_option("--role", enroll_options_.roles, "case_system, automated_source, importer, analyst, supervisor, privacy_officer, auditor, oversight")->required();
    enroll_->add_option("--scope-group", enroll_options_.groups, "event group A to N; all without it");
    enroll_->add_option("--scope-jurisdiction", enroll_options_.jurisdictions, "such as US or US-TX; all without it");

    auto* proposal = command(app_, "proposal", "The governors' proposals", "  caseledger proposal list --server http://127.0.0.1:8420", {});
    proposal->require_subcommand(1);
    auto* list = command(*proposal, "list", "List them", "  caseledger proposal list --server http://127.0.0.1:8420", [this] { return proposal_list(remote_, format_); });
    list->add_option("--server", remote_.server, "the ledger's address")->envname("CASELEDGER_SERVER")->required();
    list->add_option("--key", remote_.key, "an enrolled key, to read as")->envname("CASELEDGER_KEY");
    format(list, format_);
    auto* adopt = command(*proposal, "adopt", "Propose that a published policy binds",
                          "  caseledger proposal adopt 0192f0c1-7a2b-7000-8000-0123456789ab 1 --effective-from 2024-01-01T00:00:00Z --as governor.key --server http://127.0.0.1:8420",
                          [this] { return proposal_adopt(adopt_options_); });
    adopt->add_option("STREAM", adopt_options_.policy, "the policy's stream")->required();
    adopt->add_option("VERSION", adopt_options_.version, "which of its publications, by version in the stream")->required();
    adopt->add_option("--effective-from", adopt_options_.effective_from, "RFC 3339; now without it");
    remote(adopt, adopt_options_.remote, true, "--as", "a governor's private key");
    const auto propose = [&](CLI::App* to, const char* whose) { remote(to, propose_options_.remote, true, "--as", whose); };
    const std::string address = " --as governor.key --server http://127.0.0.1:8420";
    auto* excise = command(*proposal, "excise", "Propose, by order of a court, that an event's bytes give way to their hash; takes a privacy officer and the governors",
                           "  caseledger proposal excise 0192f0c1-7a2b-7000-8000-0123456789ab 3 --authority court-3/117 --as officer.key --server http://127.0.0.1:8420",
                           [this] { return proposal_excise(propose_options_); });
    excise->add_option("STREAM", propose_options_.stream, "the event's stream")->required();
    excise->add_option("VERSION", propose_options_.version, "its version there")->required();
    excise->add_option("--authority", propose_options_.authority, "who ordered it, a code such as court-3/117")->required();
    excise->add_option("--position", propose_options_.position, "where it stands; looked up without it");
    excise->add_option("--kind", propose_options_.kind, "the kind of its stream; looked up without it");
    propose(excise, "a privacy officer's or governor's private key");
    auto* publish = command(*proposal, "publish-entries", "Propose that the log's entries are open to everyone: who appended how much, and when",
                            "  caseledger proposal publish-entries --from-index 0" + address, [this] { return proposal_publish_entries(propose_options_); });
    publish->add_option("--from-index", propose_options_.from_index, "entries from this one on; all without it");
    propose(publish, "a governor's private key");
    auto* revoke = command(*proposal, "revoke", "Propose that a key may append no more", "  caseledger proposal revoke \"$(caseledger key show desk.key)\" --reason lost --compromised-from 5000" + address,
                           [this] { return proposal_revoke(propose_options_); });
    revoke->add_option("VKEY", propose_options_.vkey, "the key")->required();
    revoke->add_option("--reason", propose_options_.reason, "a code")->required();
    revoke->add_option("--compromised-from", propose_options_.compromised_from, "the position from which on its signatures are suspect");
    propose(revoke, "a governor's private key");
    auto* governors = command(*proposal, "governors", "Propose who governs from now on", "  caseledger proposal governors --governor VKEY1 --governor VKEY2 --threshold 2" + address,
                              [this] { return proposal_governors(propose_options_); });
    governors->add_option("--governor", propose_options_.governors, "a governor's vkey, once for each of all there shall be")->required();
    governors->add_option("--threshold", propose_options_.threshold, "how many of them decide")->required();
    propose(governors, "a governor's private key");
    auto* approve = command(*proposal, "approve", "Approve one", "  caseledger proposal approve 4 --as governor2.key --server http://127.0.0.1:8420",
                            [this] { return proposal_approve(remote_, proposal_); });
    approve->add_option("VERSION", proposal_, "its version in the governance stream; 1 is genesis")->required();
    remote(approve, remote_, true, "--as", "the governor's private key");
  }

  void writing_commands() {
    auto* append = command(app_, "append", "Sign events and append them; one JSON line for each batch",
                           "  caseledger append --server http://127.0.0.1:8420 --key desk.key events.ndjson\n  caseledger import lpr-portals --key importer.key list.csv | caseledger append --key importer.key --receipts r -",
                           [this] { return append_events(append_options_); });
    remote(append, append_options_.remote, true);
    append->add_option("--batch", append_options_.batch, "events in a batch")->check(CLI::Range(1, 1024));
    append->add_option("--receipts", append_options_.receipts, "a folder for the receipts");
    append->add_option("FILE", append_options_.input, "NDJSON; - is standard input");

    auto* import_ = command(app_, "import", "Read published files; NDJSON out, ready for append", "  caseledger import lpr-portals --key importer.key portals.csv > coverage.ndjson\n  caseledger import cybertip --key importer.key report.xml answer.xml > report.ndjson", {});
    import_->require_subcommand(1);
    auto* portals = command(*import_, "lpr-portals", "Licence-plate-reader transparency portals, a CSV row each", "  caseledger import lpr-portals --key importer.key portals.csv > coverage.ndjson",
                            [this] { return import_portals(folder_, importer_key_); });
    importer(portals, importer_key_);
    portals->add_option("FILE", folder_, "CSV; - is standard input")->required();
    auto* cybertip = command(*import_, "cybertip", "CyberTipline reports, the details of their files and the answers to them, XML each",
                             "  caseledger import cybertip --key importer.key --schema cyber_tipline.xsd report.xml submitted.xml file.xml finished.xml > report.ndjson",
                             [this] { return import_cybertip(cybertip_options_); });
    importer(cybertip, cybertip_options_.key);
    cybertip->add_option("FILE", cybertip_options_.files, "in the order of the exchange; - is standard input")->required();
    cybertip->add_option("--schema", cybertip_options_.schema, "the API's XSD; without it nothing is validated against it")->envname("CASELEDGER_CYBERTIP_XSD");
    cybertip->add_option("--esp", cybertip_options_.esp, "the provider's name; without it as the report says");
    cybertip->add_option("--api-version", cybertip_options_.api_version, "of the API that was spoken to: its codes have changed meaning");
    cybertip->add_option("--received-at", cybertip_options_.received_at, "when they were sent, RFC 3339; without it the incident's time");

    auto* simulate = command(app_, "simulate", "A year of casework, the same for the same seed",
                             "  caseledger simulate national-year --plan\n  caseledger simulate national-year --scale 1:1000 --server http://127.0.0.1:8420 --keys keys\n"
                             "  caseledger simulate cybertipline-annual --year 2023 --scale 1:1000 --plan",
                             [this] { return simulate_year(simulate_options_); });
    simulate->add_option("PROFILE", simulate_options_.profile, "national-year: 2024 with all its casework; cybertipline-annual: a published year of CyberTipline reports")
        ->required()
        ->check(CLI::IsMember({"national-year", "cybertipline-annual"}));
    simulate->add_option("--year", simulate_options_.year, "of cybertipline-annual, 2020 to 2023")->check(CLI::Range(2020, 2023));
    simulate->add_option_function<std::string>("--scale", [this](const std::string& text) { simulate_options_.reports_scale = parse_scale(text); }, "of the CyberTipline reports, 1:N");
    simulate->add_option_function<std::string>("--cases-scale", [this](const std::string& text) { simulate_options_.cases_scale = parse_scale(text); }, "of the missing-child cases, 1:N");
    simulate->add_option("--seed", simulate_options_.seed, "another seed, another year");
    simulate->add_option("--author", simulate_options_.author, "only what this role writes")->check(CLI::IsMember({"case_system", "automated_source", "analyst", "supervisor", "privacy_officer"}));
    simulate->add_option("--server", simulate_options_.remote.server, "append as it goes");
    simulate->add_option("--log-vkey", simulate_options_.remote.vkey, "the log's key as you know it");
    simulate->add_option("--keys", simulate_options_.keys, "a folder with case_system.key, automated_source.key, analyst.key, supervisor.key, privacy_officer.key; governor.key, if it is there, adopts the year's policies");
    simulate->add_flag("--plan", simulate_options_.plan_only, "print the exact totals and make nothing");
  }

  void reading_commands() {
    auto* events_ = command(app_, "events", "Print events", "  caseledger events --server http://127.0.0.1:8420 --type ChildRecovered --limit 10\n  caseledger events --dir ledger --from 5000\n"
                            "  caseledger events --server http://127.0.0.1:8420 --key desk.key --type AlertRaised --jurisdiction US-TX --follow\n"
                            "  caseledger events --dir old --stream 0192f0c1-7a2b-7000-8000-0123456789ab | caseledger append --server http://127.0.0.1:8420 --key importer.key -",
                            [this] { return events(events_options_); });
    source(events_, events_options_.source);
    events_->add_option("--from", events_options_.from, "the first position");
    events_->add_option("--limit", events_options_.limit, "at most so many");
    events_->add_option("--stream", events_options_.stream, "only this stream");
    events_->add_option("--type", events_options_.types, "only these event types, such as CaseOpened");
    events_->add_option("--kind", events_options_.kinds, "only these kinds of stream, such as case");
    events_->add_option("--jurisdiction", events_options_.jurisdictions, "only these; US covers US-TX");
    events_->add_option("--since", events_options_.since, "only those recorded at this time or later, RFC 3339");
    events_->add_option("--until", events_options_.until, "only those recorded before it");
    events_->add_flag("--follow", events_options_.follow, "go on with new events as they are recorded; needs --key");
    format(events_, events_options_.format);

    auto* replay = command(app_, "replay", "Recompute recorded triage decisions under another policy, and show what it would have changed",
                           "  caseledger replay --policy stricter.json --server http://127.0.0.1:8420 --key auditor.key\n  caseledger replay --policy stricter.json --dir ledger --format jsonl",
                           [this] { return replay_policy(replay_options_); });
    replay->add_option("--policy", replay_options_.policy, "the parameters of a triage policy, as docs/policies.md lays out; - is standard input")->required();
    source(replay, replay_options_.source);
    replay->add_option("--of", replay_options_.decided_by, "only decisions that rest on this policy's stream");
    format(replay, replay_options_.format);

    auto* state_ = command(app_, "state", "The folded state and timeline of one stream",
                           "  caseledger state 0192f0c1-7a2b-7000-8000-0123456789ab --server http://127.0.0.1:8420\n  caseledger state 0192f0c1-… --dir ledger --as-of 2024-06-01T00:00:00Z\n"
                           "  caseledger state 0192f0c1-… --dir ledger --since 2024-06-01T00:00:00Z          what changed since then",
                           [this] { return state(state_options_); });
    state_->add_option("STREAM", state_options_.stream, "its id")->required();
    source(state_, state_options_.source);
    state_->add_option("--as-of", state_options_.as_of, "as the ledger knew it: a position, entries:N or a time");
    auto* as_at = state_->add_option("--as-at", state_options_.as_at, "of what is known, what had occurred by this time");
    state_->add_option("--since", state_options_.since, "what changed between this point, as --as-of has it, and --as-of")->excludes(as_at);
    format(state_, state_options_.format);

    auto* queues_ = command(app_, "queues", "What waits, by queue, or the worklist of one: the most urgent first",
                            "  caseledger queues --server http://127.0.0.1:8420 --key desk.key\n  caseledger queues triage --overdue --priority P0 --priority P1 --key desk.key --server http://127.0.0.1:8420\n"
                            "  caseledger queues triage --jurisdiction US-TX --dir ledger --as-of 2024-06-01T00:00:00Z --format csv",
                            [this] { return queues(queues_options_); });
    queues_->add_option("QUEUE", queues_options_.queue, "its name; without it every queue, in numbers");
    source(queues_, queues_options_.source);
    queues_->add_option("--priority", queues_options_.priorities, "only P0, P1, P2, P3, P4 or none");
    queues_->add_option("--kind", queues_options_.kinds, "only items in these kinds of stream, such as report");
    queues_->add_option("--jurisdiction", queues_options_.jurisdictions, "only these; US covers US-TX");
    queues_->add_flag("--overdue", queues_options_.overdue, "only what is past its due time");
    queues_->add_option("--limit", queues_options_.limit, "at most so many items");
    queues_->add_option("--as-of", queues_options_.as_of, "as the ledger knew it: a position, entries:N or a time; with --dir");
    format(queues_, queues_options_.format);

    auto* figures_ = command(app_, "figures", "Figures, each with what it counts",
                             "  caseledger figures R1 --server http://127.0.0.1:8420\n  caseledger figures R4 R5 --by case_type --period 2024\n  caseledger figures coverage --by jurisdiction --format csv\n"
                             "  caseledger figures R1 --events --period 2024 --key auditor.key --server http://127.0.0.1:8420",
                             [this] { return figures(figures_options_); });
    figures_->add_option("ID", figures_options_.ids, "such as R1, R4, coverage; all without it");
    source(figures_, figures_options_.source);
    figures_->add_option("--as-of", figures_options_.as_of, "as the ledger knew it: a position, entries:N or a time; folded anew, by a server only where that is soon done");
    figures_->add_option("--period", figures_options_.period, "2024, 2024-03 or FROM/TO");
    figures_->add_option("--by", figures_options_.by, "split by these, such as case_type,jurisdiction");
    figures_->add_flag("--events", figures_options_.events, "of one figure: the streams that make it up, each with its share and its events");
    format(figures_, figures_options_.format);
  }

  void report_commands() {
    auto* report_ = command(app_, "report", "Make an edition of a report, see what it says, publish it",
                            "  caseledger report transparency --period 2024 --dir ledger --out edition.json\n"
                            "  caseledger report transparency --period 2024 --monthly --dir ledger --out months\n"
                            "  caseledger report release edition.json --dir ledger --server http://127.0.0.1:8420\n"
                            "  caseledger report supersede edition.json --reason \"late records\" --dir ledger --out corrected.json",
                            {});
    report_->callback([this, report_] {
      if (report_->get_subcommands().empty()) chosen_ = [this] { return make_report(report_options_); };
    });
    report_->add_option("TEMPLATE", report_options_.template_id, "transparency, statutory-11295a, cybertipline-annual");
    source(report_, report_options_.source);
    report_->add_option("--period", report_options_.period, "2024, 2024-Q3, 2024-03 or FROM/TO");
    report_->add_option("--as-of", report_options_.as_of, "as the ledger knew it: a position or a time (with --dir: folded anew)");
    report_->add_option("--previous", report_options_.previous, "the edition before, which suppression reckons with; without it the last that was released");
    report_->add_option("--out", report_options_.out, "a file, whole or not at all; without it, standard output");
    report_->add_flag("--monthly", report_options_.monthly, "one edition for each month of the period, into the folder --out");
    format(report_, report_options_.format);

    auto* release = command(*report_, "release", "Publish an edition: its bytes are kept, and an event of the ledger's own names them",
                            "  caseledger report release edition.json --dir ledger --server http://127.0.0.1:8420", [this] { return release_report(release_options_); });
    release->add_option("FILE", release_options_.edition, "the edition")->required();
    release->add_option("--dir", release_options_.folder, "the ledger's folder, for its keys and its releases")->required();
    release->add_option("--server", release_options_.server, "where the folder is being served; without it nobody may have it open");

    auto* supersede = command(*report_, "supersede", "Make the edition that gives a correction of one that was released, with a list of what changed",
                              "  caseledger report supersede ledger/releases/transparency/2024/120.json --reason \"late records\" --dir ledger --out corrected.json",
                              [this] { return supersede_report(supersede_options_); });
    supersede->add_option("FILE", supersede_options_.edition, "the edition that is corrected")->required();
    supersede->add_option("--reason", supersede_options_.reason, "why, in words for its readers")->required();
    supersede->add_option("--dir", supersede_options_.folder, "the ledger's folder")->required();
    supersede->add_option("--as-of", supersede_options_.as_of, "a position or a time after the as-of of FILE; without it, now");
    supersede->add_option("--out", supersede_options_.out, "a file; without it, standard output");

    auto* list = command(*report_, "list", "The editions that were released", "  caseledger report list --server http://127.0.0.1:8420", [this] { return list_reports(report_options_.source, format_); });
    source(list, report_options_.source);
    format(list, format_);

    auto* compare = command(*report_, "compare", "What one edition says otherwise than another", "  caseledger report compare 2023.json 2024.json", [this] { return compare_reports(folder_, out_, format_); });
    compare->add_option("A", folder_, "an edition")->required();
    compare->add_option("B", out_, "another")->required();
    format(compare, format_);

    auto* render = command(*report_, "render", "The page, the table and its descriptions of an edition; several editions on one page",
                           "  caseledger report render edition.json --out published\n  caseledger report render 2023.json 2024.json --out comparison.html\n"
                           "  caseledger report render months/*.json --out year.html",
                           [this] { return render_reports(render_options_); });
    render->add_option("FILE", render_options_.files, "editions")->required();
    render->add_option("--out", render_options_.out, "a folder for one edition; a file for several")->required();

    auto* series = command(*report_, "series", "A figure through several editions", "  caseledger report series months/*.json --metric R1 --metric R5", [this] { return report_series(series_options_); });
    series->add_option("FILE", series_options_.files, "editions")->required();
    series->add_option("--metric", series_options_.metrics, "such as R1, with those beneath it")->required();
    series->add_option("--by", series_options_.by, "as split by these dimensions; without it, over everything")->delimiter(',');
    format(series, series_options_.format);
  }

  void safe_commands() {
    auto* backup = command(app_, "backup", "Add what is new in a ledger to a backup, while it is served or not", "  caseledger backup ledger /mnt/backup --vault /media/key/vault.copy",
                           [this] { return backup_folder(backup_request_); });
    backup->add_option("DIR", backup_request_.folder, "the ledger's folder")->required();
    backup->add_option("OUT", backup_request_.backup, "the backup: a folder of its own, made by the first run")->required();
    backup->add_option("--vault", backup_request_.vault, "copy the keys of data subjects into this file, kept apart from OUT; whoever has both reads all");

    auto* restore_ = command(app_, "restore", "Put a ledger back from a backup: audited first, erasures replayed",
                             "  caseledger restore /mnt/backup ledger --vault /media/key/vault.copy --last-signed saved/last-signed", [this] { return restore_folder(restore_request_); });
    restore_->add_option("OUT", restore_request_.backup, "the backup")->required();
    restore_->add_option("DIR", restore_request_.folder, "the ledger's folder, which may not be there yet")->required();
    restore_->add_option("--vault", restore_request_.vault, "the copy of the keys of data subjects");
    restore_->add_option("--last-signed", restore_request_.last_signed, "the old folder's file of that name: a backup that ends before it is refused");
    restore_->add_option("--log-vkey", restore_request_.vkey, "the log's key as you know it")->envname("CASELEDGER_LOG_VKEY");

    auto* erase = command(app_, "erase", "Request the erasure of a data subject, or decide on a request",
                          "  caseledger erase 0192f0c2-7a2b-7000-8000-0123456789ab --basis gdpr17 --key desk.key --server http://127.0.0.1:8420\n"
                          "  caseledger erase 0192f0c2-… --decide 3 --outcome granted --basis gdpr17 --key officer.key\n"
                          "  caseledger erase 0192f0c2-… --decide 3 --outcome partial --exception art17-3e --spare 0192f0c1-… --basis gdpr17 --key officer.key",
                          [this] { return erase_subject(erasure_); });
    erase->add_option("STREAM", erasure_.stream, "the subject's stream")->required();
    remote(erase, erasure_.remote, true);
    erase->add_option("--subject", erasure_.subject, "the subject whose data is meant, where it is not the stream's own id");
    erase->add_option("--basis", erasure_.basis, "gdpr17, expunction, court, policy_expiry, wrong_person")->required();
    auto* decide = erase->add_option("--decide", erasure_.decide, "the version of the request; by another key and operator than its own");
    erase->add_option("--outcome", erasure_.outcome, "granted, refused, partial")->needs(decide);
    erase->add_option("--spare", erasure_.spared, "what a partial erasure leaves as it is: STREAM, or STREAM:VERSION for one event")->needs(decide);
    erase->add_option("--exception", erasure_.exception, "the code of what keeps the data")->needs(decide);
    erase->add_option("--operator", erasure_.operator_code, "who acts; the key's name without it");

    auto* hold = command(app_, "hold", "Place a legal hold on a data subject, or release one",
                         "  caseledger hold 0192f0c2-… --authority court-3/117 --key officer.key --server http://127.0.0.1:8420\n  caseledger hold 0192f0c2-… --release 4 --authority court-3/117 --key officer.key",
                         [this] { return change_hold(hold_); });
    hold->add_option("STREAM", hold_.stream, "the subject's stream")->required();
    remote(hold, hold_.remote, true);
    hold->add_option("--authority", hold_.authority, "by whose order")->required();
    hold->add_option("--until", hold_.until, "when it ends by itself");
    hold->add_option("--release", hold_.release, "the version of the hold that ends");
    hold->add_option("--operator", hold_.operator_code, "who acts; the key's name without it");

    auto* due = command(app_, "due", "What is due for data subjects: preservations and holds that ran out, erasures to decide or carry out, data kept beyond its retention",
                        "  caseledger due ledger\n  caseledger due ledger --at 2027-01-01T00:00:00Z --format csv", [this] { return list_due(due_request_); });
    due->add_option("DIR", due_request_.folder, "the ledger's folder, served or not")->required();
    due->add_option("--at", due_request_.at, "as it will be then; now without it");
    format(due, due_request_.format);

    auto* unseal_ = command(app_, "unseal", "Read what is sealed in a stream; that it was read, and why, is recorded first",
                            "  caseledger unseal 0192f0c1-7a2b-7000-8000-0123456789ab --purpose missing_child --key analyst.key --server http://127.0.0.1:8420",
                            [this] { return unseal_stream(unseal_request_); });
    unseal_->add_option("STREAM", unseal_request_.stream, "its id")->required();
    remote(unseal_, unseal_request_.remote, true);
    unseal_->add_option("--purpose", unseal_request_.purpose, "the code of why")->required();
    unseal_->add_option("--version", unseal_request_.version, "only what this event sealed");
    unseal_->add_option("--case", unseal_request_.of_case, "the case it is read for");
    unseal_->add_flag("--owner", unseal_request_.is_owner, "the record is of the reader's own organisation");
    unseal_->add_option("--operator", unseal_request_.operator_code, "who reads; the key's name without it");
  }

  void checking_commands() {
    auto* verify_ = command(app_, "verify", "Check receipts, checkpoints, editions and bundles, offline",
                            "  caseledger verify r/000000000005.tlog-proof --log-vkey \"$(cat ledger/vkey)\"\n  caseledger verify event.tlog-proof --event event.bin --policy policy.txt --bundle bundle\n"
                            "  caseledger verify edition.json --log-vkey \"$(cat ledger/vkey)\" --bundle bundle",
                            [this] { return verify_files(verify_options_); });
    verify_->add_option("FILE", verify_options_.files, "receipts, checkpoints, editions, bundle folders")->required();
    verify_->add_option("--policy", verify_options_.policy, "a tlog-policy: logs, witnesses, quorum");
    verify_->add_option("--log-vkey", verify_options_.vkeys, "the log's key, where there is no policy; once for each where it has changed")->envname("CASELEDGER_LOG_VKEY");
    verify_->add_option("--bundle", verify_options_.bundle, "check receipts against this bundle too, and count an edition's figures again from it");
    verify_->add_option("--event", verify_options_.event, "the bytes of the event that a receipt is of");

    auto* audit = command(app_, "audit", "Check everything in a folder, a bundle or a served log", "  caseledger audit ledger\n  caseledger audit bundle\n  caseledger audit http://127.0.0.1:8420",
                          [this] { return audit_source(audit_options_); });
    audit->add_option("SOURCE", audit_options_.source, "a ledger's folder, a bundle, or an address")->required();
    audit->add_option("--key", audit_options_.key, "an enrolled key, to read an address as")->envname("CASELEDGER_KEY");
    audit->add_option("--log-vkey", audit_options_.vkey, "the log's key as you know it")->envname("CASELEDGER_LOG_VKEY");
    format(audit, audit_options_.format);

    auto* bench = command(app_, "bench", "The performance table, beside its yardsticks", "  caseledger bench --only P1,P4", [this] { return bench_table(bench_options_); });
    bench->add_option("--only", bench_options_.only, "such as P1,P2")->delimiter(',');
    bench->add_flag("--json", bench_options_.json, "a list of {id, what, value, unit, yardstick, ratio, target}");
    bench->add_option("--events", bench_options_.events, "for the bulk figures");
    bench->add_option("--dir", bench_options_.folder, "scratch folder; a temporary one without it");
    bench->add_option("--postgres", bench_options_.postgres, "libpq connection string, for P1b and P2b")->envname("CASELEDGER_BENCH_POSTGRES");
  }

  CLI::App app_{"caseledger: a verifiable case ledger.\n\nExamples:\n  caseledger init ledger --origin ledger.example.org/l/1\n  caseledger serve ledger\n  caseledger audit ledger",
                "caseledger"};
  std::function<Exit()> chosen_;
  InitOptions init_options_;
  ServeOptions serve_options_;
  EnrollOptions enroll_options_;
  AppendOptions append_options_;
  EventsOptions events_options_;
  StateOptions state_options_;
  QueuesOptions queues_options_;
  ReplayOptions replay_options_;
  FiguresOptions figures_options_;
  VerifyOptions verify_options_;
  AuditOptions audit_options_;
  CybertipOptions cybertip_options_;
  SimulateOptions simulate_options_;
  BackupRequest backup_request_;
  RestoreRequest restore_request_;
  ErasureRequest erasure_;
  HoldRequest hold_;
  DueRequest due_request_;
  UnsealRequest unseal_request_;
  BenchOptions bench_options_;
  ReportOptions report_options_;
  RenderOptions render_options_;
  ReleaseOptions release_options_;
  SupersedeOptions supersede_options_;
  SeriesOptions series_options_;
  Remote remote_;
  Format format_ = Format::table;
  path folder_, out_, importer_key_;
  std::string name_;
  std::uint32_t proposal_ = 0;
  AdoptOptions adopt_options_;
  ProposeOptions propose_options_;
  unsigned threads_ = 2;
  std::optional<std::uint64_t> size_;
};

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_DUMPABLE, 0);  // no core dump holds a key or what was unsealed
  // Batches of a hundred kilobytes come and go by the thousand: without this each is mapped and unmapped anew.
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  ENSURE(sodium_init() >= 0);
  return CommandLine().run(argc, argv);
}
