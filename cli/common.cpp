#include "cli/common.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "oracle/profile/names.hpp"

namespace weir::cli {
namespace {

bool colours() {
  static const bool wanted = [] {
    const char* const refused = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    return (refused == nullptr || *refused == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb" &&
           ::isatty(STDOUT_FILENO) != 0;
  }();
  return wanted;
}

std::string in_style(std::string_view code, std::string_view text) {
  if (!colours()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace

CLI::Validator profile_name() {
  return CLI::Validator([](std::string& text) { return oracle::profile_named(text).error; }, "", "profile");
}

void add_profile_option(CLI::App& command, const Profile*& profile, const std::string& help) {
  command
      .add_option_function<std::string>(
          "--profile", [&profile](const std::string& name) { profile = oracle::profile_named(name).profile; }, help)
      ->check(profile_name())
      ->option_text("NAME");
}

std::chrono::milliseconds duration_from(const std::string& text) {
  std::size_t end = 0;
  double value = -1;
  try {
    value = std::stod(text, &end);
  } catch (const std::exception&) {
  }
  const std::string unit = text.substr(end);
  const double scale = unit == "ms"                  ? 1
                       : unit.empty() || unit == "s" ? 1e3
                       : unit == "m"                 ? 6e4
                       : unit == "h"                 ? 3.6e6
                                                     : 0;
  constexpr double longest = 3.6e6 * 24 * 365;
  if (!(value > 0) || scale == 0 || value * scale > longest)
    throw CLI::ValidationError("--time", "'" + text + "' is not a duration such as 60s, 1.5m, 2h or 500ms");
  return std::chrono::milliseconds(static_cast<std::int64_t>(value * scale));
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void complain(std::string_view text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string utc_now() {
  char when[32] = "";
  const std::time_t now = std::time(nullptr);
  std::strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  return when;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ')
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string{c};
  }
  return out + '"';
}

std::string bold(std::string_view text) { return in_style("1", text); }
std::string green(std::string_view text) { return in_style("32", text); }
std::string red(std::string_view text) { return in_style("31", text); }

StatusLine::StatusLine() : terminal_(::isatty(STDERR_FILENO) != 0) {}

StatusLine::~StatusLine() { show(""); }

void StatusLine::show(const std::string& text) {
  if (!terminal_) return;
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  std::fflush(stderr);
}

}  // namespace weir::cli
