#include "api/cli/completion.h"

#include <algorithm>
#include <ranges>

namespace caseledger::api {

// In every shell the command is what of the words before the cursor is no option and names one: the longest name decides. Options come behind
// their command, so that no value is taken for a command's name.

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

// What shells take for something of their own, with what takes that away before it.
std::string escaped(const std::string& text, std::string_view special, std::string_view before = "\\") {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != special.npos) out += before;
    out += c;
  }
  return out;
}

std::string quoted(const std::string& text) { return '\'' + escaped(text, "'", "'\\'") + '\''; }

std::string pattern_of(const CommandWords& command) { return '"' + (command.path.empty() ? "" : ' ' + command.path) + " \"*"; }

// ── bash ──

// What takes a file name offers no words: readline's own completion follows.
std::string bash_script(const std::vector<CommandWords>& commands) {
  std::string script =
      "_caseledger() {\n"
      "  local command='' words='' i\n"
      "  local before=${COMP_WORDS[COMP_CWORD-1]} word=${COMP_WORDS[COMP_CWORD]}\n"
      "  if [[ $word == = ]]; then word=''; elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do [[ ${COMP_WORDS[i]} == -* ]] || command+=\" ${COMP_WORDS[i]}\"; done\n"
      "  case \"$command \" in\n";
  for (const auto& each : commands | std::views::reverse) {
    script += "    " + pattern_of(each) + ")\n      case $before in\n";
    std::vector<std::string> words = each.commands;
    words.insert(words.end(), each.arguments.begin(), each.arguments.end());
    for (const auto& option : each.options) {
      words.push_back(option.name);
      if (option.takes_value) script += "        " + option.name + ") words=" + quoted(joined(option.values)) + " ;;\n";
    }
    script += "        *) words=" + quoted(joined(words)) + " ;;\n      esac ;;\n";
  }
  return script +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -o default -F _caseledger caseledger\n";
}

// ── zsh ──

std::string zsh_values(const std::vector<std::string>& values) { return values.empty() ? "_files" : '(' + joined(values) + ')'; }

std::string zsh_arguments(const CommandWords& command) {
  std::string specs;
  for (const auto& option : command.options)
    specs += ' ' + quoted('*' + option.name + (option.takes_value ? "=" : "") + '[' + escaped(option.what, ":[]\\") + ']' + (option.takes_value ? ":value:" + zsh_values(option.values) : ""));
  std::vector<std::string> first = command.commands;
  first.insert(first.end(), command.arguments.begin(), command.arguments.end());
  if (!first.empty()) specs += ' ' + quoted("1:command:" + zsh_values(first));
  if (command.takes_arguments && command.arguments.empty()) specs += ' ' + quoted("*:file:_files");
  return specs;
}

std::string zsh_script(const std::vector<CommandWords>& commands) {
  std::string script =
      "#compdef caseledger\n"
      "_caseledger() {\n"
      "  local command='' i\n"
      "  for ((i = 2; i < CURRENT; ++i)); do [[ $words[i] == -* ]] || command+=\" $words[i]\"; done\n"
      "  case \"$command \" in\n";
  for (const auto& each : commands | std::views::reverse) {
    const auto depth = each.path.empty() ? 0 : std::ranges::count(each.path, ' ') + 1;
    script += "    " + pattern_of(each) + ") shift " + std::to_string(depth) + " words; (( CURRENT -= " + std::to_string(depth) + " )); _arguments" + zsh_arguments(each) + " ;;\n";
  }
  return script +
         "  esac\n"
         "}\n"
         "if [[ $funcstack[1] == _caseledger ]]; then _caseledger \"$@\"; else\n"
         "  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }\n"
         "  compdef _caseledger caseledger\n"
         "fi\n";
}

// ── fish ──

std::string fish_quoted(const std::string& text) { return '\'' + escaped(text, "'\\") + '\''; }

std::string summary_of(const std::vector<CommandWords>& commands, const std::string& path) {
  for (const auto& each : commands)
    if (each.path == path) return each.summary;
  return {};
}

// __caseledger_at PATH… -- BENEATH…: the command line has got to this command and to none of those beneath it.
std::string fish_script(const std::vector<CommandWords>& commands) {
  std::string script =
      "function __caseledger_at\n"
      "  set -l said (commandline -opc)[2..-1]\n"
      "  set -l said (string match -v -- '-*' $said)\n"
      "  set -l cut (contains -i -- -- $argv)\n"
      "  set -l path $argv[1..$cut]\n"
      "  set -e path[-1]\n"
      "  set -l depth (count $path)\n"
      "  test $depth -eq 0; or test \"$said[1..$depth]\" = \"$path\"; or return 1\n"
      "  not contains -- \"$said[\"(math $depth + 1)\"]\" $argv[(math $cut + 1)..-1]\n"
      "end\n"
      "complete -c caseledger -f\n";
  for (const auto& each : commands) {
    const std::string begin = "complete -c caseledger -n " + fish_quoted("__caseledger_at " + each.path + (each.path.empty() ? "" : " ") + "-- " + joined(each.commands));
    for (const std::string& name : each.commands)
      script += begin + " -a " + name + " -d " + fish_quoted(summary_of(commands, each.path.empty() ? name : each.path + ' ' + name)) + '\n';
    for (const auto& option : each.options) {
      script += begin + " -l " + option.name.substr(2) + " -d " + fish_quoted(option.what);
      if (option.takes_value) script += option.values.empty() ? " -r -F" : " -x -a " + fish_quoted(joined(option.values));
      script += '\n';
    }
    if (!each.arguments.empty()) script += begin + " -a " + fish_quoted(joined(each.arguments)) + '\n';
    else if (each.takes_arguments) script += begin + " -F\n";
  }
  return script;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  return {};
}

}  // namespace caseledger::api
