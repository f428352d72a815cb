// What the commands share. Each command has a file of its own, with one function that adds it to the application.
#pragma once
#include <CLI/CLI.hpp>

#include <chrono>
#include <string>
#include <string_view>

#include "model/profile.hpp"

namespace weir::cli {

inline constexpr int agreed = 0;
inline constexpr int diverged = 1;
inline constexpr int malformed = 2;
inline constexpr int undecided = 3;
inline constexpr int not_available = 4;

/// Commands add themselves here and leave the exit code of the program in `exit_code`.
void add_run(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);
void add_profiles(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_test(CLI::App& app, int& exit_code);
void add_campaign(CLI::App& app, int& exit_code);
void add_prove(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_diff(CLI::App& app, int& exit_code);
void add_explore(CLI::App& app, int& exit_code);
void add_bench(CLI::App& app, int& exit_code);
void add_mutants(CLI::App& app, int& exit_code);
void add_help(CLI::App& app, int& exit_code);

/// Refuses what names no profile, and says why.
CLI::Validator profile_name();

/// `--profile NAME`, with settings behind '+' (oracle/profile/names.hpp). nullptr stands for "not given".
void add_profile_option(CLI::App& command, const Profile*& profile, const std::string& help);

/// "90", "90s", "1.5m", "2h", "500ms" -> a duration. Throws CLI::ValidationError otherwise.
std::chrono::milliseconds duration_from(const std::string& text);

/// Writes to standard output and standard error. A closed pipe ends the program quietly, by SIGPIPE.
void print(std::string_view text);
void complain(std::string_view text);

/// "2026-11-27 04:15 UTC"
std::string utc_now();

/// A string as JSON has it. UTF-8 stays as it is.
std::string json_string(std::string_view text);

/// On a terminal that takes colours, and only where NO_COLOR is not set: the text in bold, green or red.
std::string bold(std::string_view text);
std::string green(std::string_view text);
std::string red(std::string_view text);

/// One status line on a terminal, rewritten in place; nothing in a pipe.
class StatusLine {
 public:
  StatusLine();
  ~StatusLine();
  void show(const std::string& text);

 private:
  bool terminal_;
};

}  // namespace weir::cli
