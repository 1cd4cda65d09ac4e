// What a shell needs to complete command lines: nothing but the words that can stand where.
#pragma once

#include <string>
#include <vector>

namespace caseledger::api {

struct CommandWords {
  std::string path;     // "proposal list"; empty: the program itself
  std::string summary;  // in a line
  std::vector<std::string> words;  // the commands beneath it, and its options
};

// A script for bash, zsh or fish to be sourced; commands: every one after the one it stands beneath. Empty for any other shell.
std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands);

}  // namespace caseledger::api
