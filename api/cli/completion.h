// What a shell needs to complete command lines: which words can stand where.
#pragma once

#include <string>
#include <vector>

namespace caseledger::api {

struct CommandWords {
  struct Option {
    std::string name;                 // "--format"
    std::string what;                 // in a line
    bool takes_value = false;
    std::vector<std::string> values;  // where they are a few; of any other a file name is offered
  };

  std::string path;                   // "proposal list"; empty: the program itself
  std::string summary;                // in a line
  std::vector<std::string> commands;  // beneath it
  std::vector<Option> options;
  bool takes_arguments = false;
  std::vector<std::string> arguments; // where they are a few, as with the values of options
};

// A script for bash, zsh or fish to be sourced; commands: every one after the one it stands beneath. Empty for any other shell.
std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands);

}  // namespace caseledger::api
