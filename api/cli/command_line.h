// The frame of the command line: commands hang themselves in with their options, and the one that is asked for is run.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "api/cli/asked.h"
#include "api/cli/terminal.h"

namespace caseledger::api {

class CommandLine {
 public:
  explicit CommandLine(const std::string& version);

  // A command whose help begins with its examples, and what it is run with: options of its own, as they stand when nothing is asked.
  template <class Asked>
  struct Command {
    CLI::App& app;
    Asked& asked;
  };
  template <class Asked>
  Command<Asked> add(const std::string& name, const std::string& what, const std::string& examples, Exit (*does)(const Asked&)) {
    return add(app_, name, what, examples, does);
  }
  template <class Asked>
  Command<Asked> add(CLI::App& under, const std::string& name, const std::string& what, const std::string& examples, Exit (*does)(const Asked&)) {
    const auto asked = std::make_shared<Asked>();
    return {add(under, name, what, examples, [asked, does] { return does(*asked); }), *asked};
  }
  // One that is nothing without a command beneath it.
  CLI::App& add_group(const std::string& name, const std::string& what, const std::string& examples);

  // The exit code.
  int run(int argc, char** argv);

 private:
  CLI::App& add(CLI::App& under, const std::string& name, const std::string& what, const std::string& examples, std::function<Exit()> does);
  void add_completion();

  CLI::App app_;
  std::function<Exit()> chosen_;
};

// ── options that many commands have ──

void add_format(CLI::App& app, Format& into);
void add_source(CLI::App& app, Source& into);
void add_remote(CLI::App& app, Remote& into, bool key_needed, const std::string& key_name = "--key", const std::string& what = "the author's private key");

}  // namespace caseledger::api
