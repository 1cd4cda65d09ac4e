#include "api/cli/command_line.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <poll.h>
#include <ranges>
#include <unistd.h>

#include "api/cli/completion.h"
#include "ledger/core/bytes.h"

namespace caseledger::api {

CommandLine::CommandLine(const std::string& version)
    : app_("caseledger: a verifiable case ledger.\n\nExamples:\n  caseledger init ledger --origin ledger.example.org/l/1\n  caseledger serve ledger\n  caseledger audit ledger",
           "caseledger") {
  app_.require_subcommand(1);
  app_.set_version_flag("--version", "caseledger " + version);
  app_.get_formatter()->column_width(34);
  app_.footer("Data goes to standard output, progress and logs to standard error; - is standard input.\n"
              "Exit codes: 0 ok, 1 failure, 2 usage, 3 verification failed (tampering), 4 not found, 5 conflict,\n"
              "6 unavailable or timed out, 7 not permitted, 8 partly done.\n"
              "Over TLS: CASELEDGER_CA names a file with whom servers are trusted by, CASELEDGER_CERT and CASELEDGER_CERT_KEY\n"
              "a client's own certificate, for a server that demands one.");
}

CLI::App& CommandLine::add_group(const std::string& name, const std::string& what, const std::string& examples) {
  CLI::App& group = add(app_, name, what, examples, {});
  group.require_subcommand(1);
  return group;
}

// Where a command beneath it is asked for, that one is run.
CLI::App& CommandLine::add(CLI::App& under, const std::string& name, const std::string& what, const std::string& examples, std::function<Exit()> does) {
  CLI::App* made = under.add_subcommand(name, what + "\n\nExamples:\n" + examples);
  if (does)
    made->callback([this, made, does = std::move(does)] {
      if (made->get_subcommands().empty()) chosen_ = does;
    });
  return *made;
}

namespace {

// Did everything that was printed arrive? A reader that went away had enough of it, as head does.
bool is_all_printed() {
  const bool printed = !std::cout.flush().bad() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  pollfd reader{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  return printed || (::poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0);
}

// CLI11 takes "-1" for the greatest number there is, "010" for eight and what is too large for the greatest that fits.
std::string not_a_number(const std::string& text) { return from_decimal(text) ? "" : "wanted a whole number, in decimal digits; found " + quote(text); }

void check_numbers(CLI::App& app) {
  for (CLI::Option* option : app.get_options([](const CLI::Option* each) { return each->get_type_name().starts_with("UINT"); })) option->check(not_a_number);
  for (CLI::App* beneath : app.get_subcommands([](const CLI::App*) { return true; })) check_numbers(*beneath);
}

}  // namespace

int CommandLine::run(int argc, char** argv) {
  add_completion();
  check_numbers(app_);
  Exit exit = Exit::ok;
  try {
    app_.parse(argc, argv);
    exit = chosen_();
  } catch (const CLI::ParseError& error) {  // or what was asked for is help
    if (app_.exit(error) != 0) exit = Exit::usage;
  }
  if (exit == Exit::ok && !is_all_printed()) exit = report({Errc::io, "standard output did not take everything that was printed; is the disk full?"});
  return static_cast<int>(exit);
}

// ── completion: of every command that was added before it ──

namespace {

// "{table,json}", as help shows it: what the values are, where they are a few.
std::vector<std::string> values_of(const CLI::Option& option) {
  std::vector<std::string> values;
  const std::string type = option.get_type_name();
  const auto begin = type.find('{'), end = type.find('}');
  if (begin == type.npos || end == type.npos) return values;
  for (const auto each : type.substr(begin + 1, end - begin - 1) | std::views::split(',')) values.emplace_back(each.begin(), each.end());
  return values;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void add_words(const CLI::App& app, const std::string& path, std::vector<CommandWords>& into) {
  CommandWords words{.path = path, .summary = first_line(app.get_description()), .commands = {}, .options = {}, .arguments = {}};
  const auto beneath = app.get_subcommands([](const CLI::App*) { return true; });
  for (const auto* each : beneath) words.commands.push_back(each->get_name());
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) words.options.push_back({"--" + name, first_line(option->get_description()), option->get_items_expected_max() > 0, values_of(*option)});
    if (!option->get_positional()) continue;
    words.takes_arguments = true;
    words.arguments = values_of(*option);
  }
  into.push_back(std::move(words));
  for (const auto* each : beneath) add_words(*each, path.empty() ? each->get_name() : path + ' ' + each->get_name(), into);
}

}  // namespace

void CommandLine::add_completion() {
  const auto shell = std::make_shared<std::string>();
  CLI::App& app = add(app_, "completion", "Print a script that lets a shell complete command lines",
                      "  source <(caseledger completion bash)\n  caseledger completion fish > ~/.config/fish/completions/caseledger.fish", [this, shell] {
                        std::vector<CommandWords> commands;
                        add_words(app_, "", commands);
                        std::fputs(completion_script(*shell, commands).c_str(), stdout);
                        return Exit::ok;
                      });
  app.add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

// ── options that many commands have ──

void add_format(CLI::App& app, Format& into) {
  app.add_option_function<std::string>(
      "--format", [&into](const std::string& text) {
        const auto parsed = parse_format(text);
        if (!parsed) throw CLI::ValidationError("--format", parsed.error().sentence);
        into = *parsed;
      }, "how it is printed")->type_name("{table,json,jsonl,csv}");
}

void add_source(CLI::App& app, Source& into) {
  app.add_option("--server", into.server, "the ledger's address")->envname("CASELEDGER_SERVER");
  app.add_option("--key", into.key, "an enrolled key, to read as")->envname("CASELEDGER_KEY");
  app.add_option("--dir", into.folder, "a ledger's folder, read as it lies");
  // A folder that is named outweighs the server of the environment.
  app.parse_complete_callback([&into] {
    if (into.folder.empty() || into.server.empty()) return;
    if (const char* usual = std::getenv("CASELEDGER_SERVER"); !usual || into.server != usual) throw CLI::ExcludesError("--server", "--dir");
    into.server.clear();
  });
}

void add_remote(CLI::App& app, Remote& into, bool key_needed, const std::string& key_name, const std::string& what) {
  app.add_option("--server", into.server, "the ledger's address, such as http://127.0.0.1:8420")->envname("CASELEDGER_SERVER")->required(key_needed);
  app.add_option(key_name, into.key, what)->envname("CASELEDGER_KEY")->required(key_needed);
  app.add_option("--log-vkey", into.vkey, "the log's key as you know it; without it the server's own word is taken")->envname("CASELEDGER_LOG_VKEY");
}

}  // namespace caseledger::api
