#include "cli/bench_report.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "cli/common.hpp"

namespace weir::cli {
namespace {

// Debian's libjs-chart.js. Its licence stands in the first lines of the first file, and as a whole in the second.
constexpr const char* charts = "/usr/share/javascript/chart.js/chart.min.js";
constexpr const char* licence = "/usr/share/doc/libjs-chart.js/copyright";

constexpr const char* style =
    "body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222}"
    "td,th{padding:.1em .7em;text-align:right}td:first-child,th:first-child{text-align:left}"
    "table{border-collapse:collapse;font-size:90%}tr:nth-child(even){background:#f3f3f3}"
    ".won{color:#060}.lost{color:#a00}canvas{margin:1em 0 2em}";

constexpr const char* headings =
    "<h1>Draining the backlog</h1><p id=\"machine\"></p>"
    "<p>Nanoseconds a packet, medians; the bars of the table are the first and the ninth tenth. The floor is cache "
    "lines "
    "that change hands, without a queue. How it is measured: docs/bench.md. The figures themselves are in this page's "
    "source, and in bench.json beside it.</p><div id=\"plots\"></div><h2>All cells</h2><table id=\"cells\"></table>";

// Draws what `weir` holds.
constexpr const char* script = R"js(
const at = (samples, share) => [...samples].sort((a, b) => a - b)[Math.round(share * (samples.length - 1))];
const median = samples => at(samples, 0.5);
const names = [...new Set(weir.drain.flatMap(cell => Object.keys(cell.ns_per_packet)))];
const colour = name => name == 'lock-free' ? '#c00' : name == 'floor' ? '#000' : `hsl(${names.indexOf(name) * 137 % 360},45%,60%)`;
const machine = weir.machine;
document.getElementById('machine').textContent = `${machine.processor}, ${machine.cores} cores, ${machine.system}; ` +
  `${machine.compiler}; ${weir.rounds} rounds; ${machine.when}; load ${machine.load}`;
function plot(title, unit, labels, series) {
  const heading = document.createElement('h2'), canvas = document.createElement('canvas');
  heading.textContent = title;
  document.getElementById('plots').append(heading, canvas);
  new Chart(canvas, {type: 'line', options: {animation: false, scales: {y: {type: 'logarithmic', title: {display: true, text: unit}},
    x: {title: {display: true, text: 'packets in a burst'}}}}, data: {labels, datasets: series.map(([name, data]) =>
    ({label: name, data, borderColor: colour(name), backgroundColor: colour(name), borderWidth: name == 'lock-free' || name == 'floor' ? 3 : 1}))}});
}
function cells(where, payload, quota) {
  return weir.drain.filter(c => c.where == where && c.payload == payload && c.quota == quota).sort((a, b) => a.burst - b.burst);
}
for (const where of ['cross-core', 'same-core'])
  for (const payload of ['untouched', 'read']) {
    const some = cells(where, payload, 64);
    if (some.length == 0) continue;
    const labels = some.map(c => c.burst);
    plot(`Cost: ${where}, payload ${payload}, quota 64`, 'ns a packet', labels,
      names.map(name => [name, some.map(c => median(c.ns_per_packet[name]))]));
    plot(`Multiples of the floor: ${where}, payload ${payload}, quota 64`, 'times the floor', labels,
      names.map(name => [name, some.map(c => median(c.ns_per_packet[name]) / median(c.ns_per_packet.floor))]));
  }
const table = document.getElementById('cells');
const add = (cellsOfRow, tag, mark) => {
  const row = table.insertRow();
  for (const text of cellsOfRow) { const cell = document.createElement(tag); cell.textContent = text; row.append(cell); }
  if (mark) row.className = mark;
};
add(['cell', 'burst', 'quota', 'lock-free', 'of it, tenths 1 to 9', 'best rival', '', 'times', 'floor', 'of floor'], 'th');
for (const cell of weir.drain) {
  const ns = cell.ns_per_packet, ours = median(ns['lock-free']), floor = median(ns.floor);
  const rivals = Object.keys(ns).filter(n => n != 'lock-free' && n != 'floor').map(n => [median(ns[n]), n]).sort((a, b) => a[0] - b[0]);
  const [best, name] = rivals[0] ?? [NaN, ''];
  add([`${cell.where}, ${cell.payload}`, cell.burst, cell.quota, ours.toFixed(2), `${at(ns['lock-free'], 0.1).toFixed(2)} to ${at(ns['lock-free'], 0.9).toFixed(2)}`,
    best.toFixed(2), name, (best / ours).toFixed(2), floor.toFixed(2), (ours / floor).toFixed(2)], 'td', ours <= best ? 'won' : 'lost');
}
)js";

std::string text_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

}  // namespace

std::string machine_json() {
  utsname system{};
  uname(&system);
  double load = 0;
  getloadavg(&load, 1);
  char when[32] = "";
  const std::time_t now = std::time(nullptr);
  std::strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  return fmt::format("\"processor\":{},\"cores\":{},\"system\":{},\"compiler\":{},\"load\":{:.1f},\"when\":\"{}\"",
                     json_string(processor()), std::thread::hardware_concurrency(),
                     json_string(fmt::format("{} {} {}", system.sysname, system.release, system.machine)),
                     json_string(
#ifdef __clang__
                         "clang " __clang_version__
#else
                         "GCC " __VERSION__
#endif
                         ),
                     load, when);
}

std::optional<std::string> bench_page(const std::string& json) {
  const std::string library = text_of(charts);
  if (library.empty()) return std::nullopt;
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>weir bench</title>\n<style>{}</style>\n"
      "<!-- The library that draws, Chart.js:\n{}\n-->\n<script>{}</script></head>\n<body>{}\n<script>const weir = "
      "{};\n{}"
      "</script></body></html>\n",
      style, text_of(licence), library, headings, json, script);
}

}  // namespace weir::cli
