#include "api/cli/completion.h"

#include <ranges>

namespace caseledger::api {

namespace {

// The command is what of the words before the cursor is no option and names one; the longest name that fits decides.
std::string bash_script(const std::vector<CommandWords>& commands) {
  std::string script =
      "_caseledger() {\n"
      "  local command='' words='' i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do [[ ${COMP_WORDS[i]} == -* ]] || command+=\" ${COMP_WORDS[i]}\"; done\n"
      "  case \"$command \" in\n";
  for (const auto& each : commands | std::views::reverse) {
    script += "    \"" + (each.path.empty() ? "" : ' ' + each.path) + " \"*) words='";
    for (const auto& word : each.words) script += (script.ends_with('\'') ? "" : " ") + word;
    script += "' ;;\n";
  }
  return script +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -o default -F _caseledger caseledger\n";
}

std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + '\'';
}

std::string fish_script(const std::vector<CommandWords>& commands) {
  std::string script;
  for (const auto& each : commands) {
    std::string seen = each.path.empty() ? "__fish_use_subcommand" : "";
    for (const auto word : each.path | std::views::split(' ')) seen += (seen.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") + std::string(word.begin(), word.end());
    for (const auto& word : each.words) {
      if (word.starts_with("--")) {
        script += "complete -c caseledger -n '" + seen + "' -l " + word.substr(2) + '\n';
        continue;
      }
      std::string summary;
      for (const auto& other : commands)
        if (other.path == (each.path.empty() ? word : each.path + ' ' + word)) summary = other.summary;
      script += "complete -c caseledger -n '" + seen + "' -a " + word + " -d " + fish_quoted(summary) + '\n';
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(commands);
  if (shell == "fish") return fish_script(commands);
  return {};
}

}  // namespace caseledger::api
