#include "cli/reports/page.hpp"

#include <fmt/format.h>

#include "cli/reports/report.hpp"
#include "oracle/text/whole_file.hpp"

namespace weir::cli {
namespace {

// Debian's libjs-chart.js. Its licence stands in the first lines of the first file, and as a whole in the second.
constexpr const char* charts = "/usr/share/javascript/chart.js/chart.min.js";
constexpr const char* licence = "/usr/share/doc/libjs-chart.js/copyright";

/// JSON has `<` in strings alone, and so nothing in it ends the element in which it stands.
std::string inside_an_element(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char each : json) {
    if (each == '<')
      text += "\\u003c";
    else
      text += each;
  }
  return text;
}

}  // namespace

std::optional<std::string> as_html(const Page& page) {
  const std::string library = oracle::read_whole(charts);
  if (library.empty()) return std::nullopt;
  // The policy has the browser refuse whatever the page might ask for from elsewhere.
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src 'unsafe-inline'; img-src data:\">\n<style>\n{}</style>\n<!-- The library that draws, Chart.js:\n{}\n"
      "-->\n<script>{}</script></head>\n<body>\n{}<script type=\"application/json\" id=\"data\">{}</script>\n",
      escaped(page.title), page_file("page.css"), oracle::read_whole(licence), library, page_file(page.body),
      inside_an_element(page.data));
  for (const std::string_view each : {"elements.js", "page.js"})
    text += fmt::format("<script>\n{}</script>\n", page_file(each));
  for (const std::string_view each : page.scripts) text += fmt::format("<script>\n{}</script>\n", page_file(each));
  return text + "</body></html>\n";
}

}  // namespace weir::cli
