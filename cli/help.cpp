// weir help: the manual page and the completions of shells, drawn from what the commands say of themselves.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "cli/common.hpp"

namespace weir::cli {
namespace {

/// Text that roff shows unchanged: a hyphen that can be typed, no escapes, no line that is taken for a request.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool begins = out.empty() || out.back() == '\n';
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
  }
  return out;
}

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

/// Lines as they stand: footers with examples.
std::string as_it_stands(std::string_view text) {
  return text.empty() ? "" : fmt::format(".PP\n.nf\n{}\n.fi\n", roff(text));
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

/// "--profile NAME", "FILE", "-h,--help".
std::string heading(const CLI::Option& option) {
  const bool positional = !option.nonpositional();
  std::string name = option.get_name(positional, !positional);
  name.erase(std::min(name.find('{'), name.size()));  // "--no-proofs{false}"
  const std::string value = option.get_option_text().empty() ? option.get_type_name() : option.get_option_text();
  return positional || is_flag(option) || value.empty() ? name : name + " " + value;
}

/// What it does, in one line.
std::string line_of(const CLI::Option& option) {
  std::string text = option.get_description();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) { return app.get_subcommands({}); }

/// \param words  how the command is called: "bench compare"
std::string man_of(const CLI::App& command, const std::string& words) {
  std::string text = fmt::format(".SS weir {}\n{}.\n", roff(words), roff(command.get_description()));
  for (const CLI::Option* option : command.get_options())
    text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(heading(*option)), roff(line_of(*option)));
  text += as_it_stands(command.get_footer());
  for (const CLI::App* each : commands_of(command)) text += man_of(*each, words + " " + each->get_name());
  return text;
}

std::string man_page(const CLI::App& app) {
  std::string text = fmt::format(
      ".TH WEIR 1 \"\" \"weir {}\" \"User Commands\"\n.SH NAME\nweir \\- {}\n.SH SYNOPSIS\n.B weir\n.I COMMAND\n"
      "[options] [files]\n.SH COMMANDS\n",
      WEIR_VERSION, roff("executable reference model of Linux's backlogs"));
  for (const CLI::App* command : commands_of(app)) text += man_of(*command, command->get_name());
  return text + ".SH EXIT STATUS AND EXAMPLES\n" + as_it_stands(app.get_footer());
}

/// Text in a cell of a table.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string markdown_of(const CLI::App& command, const std::string& words) {
  std::string text = fmt::format("\n## weir {}\n\n{}.\n\n| | |\n|---|---|\n", words, command.get_description());
  for (const CLI::Option* option : command.get_options())
    text += fmt::format("| `{}` | {} |\n", cell(heading(*option)), cell(line_of(*option)));
  if (!command.get_footer().empty()) text += fmt::format("\n```text\n{}\n```\n", trimmed(command.get_footer()));
  for (const CLI::App* each : commands_of(command)) text += markdown_of(*each, words + " " + each->get_name());
  return text;
}

std::string markdown_page(const CLI::App& app) {
  std::string text =
      "# Commands\n\nWhat `weir help --markdown` prints; `weir help --man` is the same for man, and `./weir` adds "
      "`build`, "
      "`test`, `basin` and `site`.\n";
  for (const CLI::App* command : commands_of(app)) text += markdown_of(*command, command->get_name());
  return text + fmt::format("\n## Exit codes and examples\n\n```text\n{}\n```\n", trimmed(app.get_footer()));
}

/// What may stand behind an option, from "{a,b}" in its type: "a b". Empty where it is any text.
std::string choices(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t from = type.find('{'), to = type.find('}');
  if (from == std::string::npos || to == std::string::npos) return "";
  std::string words = type.substr(from + 1, to - from - 1);
  for (char& c : words) c = c == ',' ? ' ' : c;
  return words;
}

/// The lines of a `case` over "COMMAND OPTION": what may stand behind the option.
std::string values_of(const CLI::App& command, const std::string& profiles) {
  std::string cases;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) {
      const std::string words = name == "profile" ? profiles : choices(*option);
      if (!words.empty()) cases += fmt::format("    '{} --{}') words='{}' ;;\n", command.get_name(), name, words);
    }
  return cases;
}

std::string words_of(const CLI::App& command) {
  std::string words;
  for (const CLI::App* each : commands_of(command)) words += each->get_name() + " ";
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
  return words;
}

/// Commands, their options, and what may stand behind these; files elsewhere. For bash, and for zsh as it plays bash.
std::string completion(const CLI::App& app, bool zsh) {
  std::string options, values, profiles;
  for (const Profile* profile : releases::all) profiles += std::string(profile->name) + " ";
  for (const CLI::App* command : commands_of(app)) {
    options += fmt::format("    {}) words='{}' ;;\n", command->get_name(), words_of(*command));
    values += values_of(*command, profiles);
  }
  const std::string_view begin =
      zsh ? "autoload -U +X compinit bashcompinit\n(( $+functions[compdef] )) || compinit\nbashcompinit\n" : "";
  return fmt::format(
      "{}_weir() {{\n  local cur=\"${{COMP_WORDS[COMP_CWORD]}}\" words=''\n  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then words='{}'; fi\n"
      "  case \"${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD-1]}}\" in\n{}  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}}\ncomplete -o default -F _weir weir ./weir\n",
      begin, options, words_of(app), values);
}

std::string help_of(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* at = &app;
  std::string before;
  for (const std::string& word : words) {
    const auto commands = commands_of(*at);
    const auto next =
        std::find_if(commands.begin(), commands.end(), [&](auto* each) { return each->get_name() == word; });
    before += at->get_name() + " ";
    if (next == commands.end()) throw std::runtime_error("there is no command " + before + word);
    at = *next;
  }
  return at->help(before);
}

}  // namespace

void add_help(CLI::App& app, int& exit_code) {
  const auto man = std::make_shared<bool>(false);
  const auto markdown = std::make_shared<bool>(false);
  const auto shell = std::make_shared<std::string>();
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* const command =
      app.add_subcommand("help", "Print what a command does, the manual page, or completions for a shell");
  command->add_option("command", *words, "the command, as in: weir help bench compare");
  command->add_flag("--man", *man, "the manual page, as man reads it");
  command->add_flag("--markdown", *markdown, "the same as a page of Markdown: docs/COMMANDS.md");
  command->add_option("--completion", *shell, "completions for this shell")->check(CLI::IsMember({"bash", "zsh"}));
  command->footer("Examples:\n  weir help --man | man -l -\n  eval \"$(weir help --completion bash)\"\n");
  command->callback([man, markdown, shell, words, &app, &exit_code] {
    if (*man)
      print(man_page(app));
    else if (*markdown)
      print(markdown_page(app));
    else if (!shell->empty())
      print(completion(app, *shell == "zsh"));
    else
      print(help_of(app, *words));
    exit_code = agreed;
  });
}

}  // namespace weir::cli
