#include "oracle/packetdrill/shell.hpp"

#include <algorithm>
#include <utility>

namespace weir::oracle::packetdrill {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view separators = ";&|\n";

/// The commands of a line, each as words. ">" is a word of its own.
std::vector<Words> commands_of(std::string_view line) {
  std::vector<Words> commands(1);
  std::string word;
  bool has_word = false;
  char quote = 0;
  const auto end_word = [&] {
    if (has_word) commands.back().push_back(std::exchange(word, {}));
    has_word = false;
  };
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      has_word = true;
    } else if (separators.find(c) != std::string_view::npos) {
      end_word();
      commands.emplace_back();
    } else if (c == ' ' || c == '\t' || c == '>') {
      end_word();
      if (c == '>') commands.back().emplace_back(">");
    } else {
      word += c;
      has_word = true;
    }
  }
  end_word();
  std::erase_if(commands, [](const Words& each) { return each.empty(); });
  return commands;
}

std::string with_dots(std::string_view name) {
  constexpr std::string_view folder = "/proc/sys/";
  if (name.starts_with(folder)) name.remove_prefix(folder.size());
  std::string dotted(name);
  std::replace(dotted.begin(), dotted.end(), '/', '.');
  return dotted;
}

/// Options and settings only; anything else is a sysctl that does not set.
bool read_sysctl(const Words& words, Shell& into) {
  std::vector<Setting> settings;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::size_t equals = word.find('=');
    if (word.starts_with('-')) {
      into.may_fail = into.may_fail || word.find('e') != std::string::npos;
    } else if (equals == std::string::npos) {
      return false;
    } else {
      settings.push_back({with_dots(word.substr(0, equals)), word.substr(equals + 1) + "\n"});
    }
  }
  into.settings.insert(into.settings.end(), settings.begin(), settings.end());
  return !settings.empty();
}

bool read_echo(const Words& words, Shell& into) {
  const auto arrow = std::find(words.begin(), words.end(), ">");
  const bool into_a_file = arrow != words.end() && arrow + 2 == words.end();
  if (!into_a_file || !arrow[1].starts_with("/proc/sys/")) return false;
  std::string text;
  const bool no_newline = words.size() > 1 && words[1] == "-n";
  for (auto word = words.begin() + (no_newline ? 2 : 1); word != arrow; ++word)
    text += (text.empty() ? "" : " ") + *word;
  into.settings.push_back({with_dots(arrow[1]), text + (no_newline ? "" : "\n")});
  return true;
}

}  // namespace

Shell read_shell(std::string_view line) {
  Shell shell;
  shell.may_fail = line.find("||") != std::string_view::npos;
  for (const Words& words : commands_of(line)) {
    const std::string program = words[0].substr(words[0].rfind('/') + 1);
    const bool known = program == "sysctl" ? read_sysctl(words, shell) : program == "echo" && read_echo(words, shell);
    if (!known) shell.other.push_back(program);
  }
  return shell;
}

}  // namespace weir::oracle::packetdrill
