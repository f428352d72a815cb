// The twin of the tests segments.*: what a running kernel answered is changed in one place, and the check finds it, in
// the line where it stands. For every answer of every trace, one at a time.
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <regex>

#include "oracle/check/check.hpp"
#include "tests/oracle/files.hpp"

namespace weir::oracle {
namespace {

std::optional<std::string> replaced(const std::string& line, const std::regex& what, const std::string& by) {
  std::string changed = std::regex_replace(line, what, by);
  if (changed == line) return std::nullopt;
  return changed;
}

/// The line with another answer: another reply, segments sent or not, another result, a last number that is one more.
/// Nothing for lines that say no answer, and for those whose answer is a new descriptor: that is only a name.
std::optional<std::string> altered(const std::string& line) {
  static const std::regex syn(R"("reply":"S")"), reply(R"("reply":"[A-Z]*")"), nothing(R"("sent":\[\])"),
      sent(R"("sent":\[.+\])"), result(R"("ret":-?\d+(,"errno":"\w+")?)"), number(R"((\d+)\}$)");
  if (line.find(R"("op":"socket")") != std::string::npos) return std::nullopt;
  if (const auto changed = replaced(line, syn, R"("reply":"A")")) return changed;
  if (const auto changed = replaced(line, reply, R"("reply":"S")")) return changed;
  if (const auto changed = replaced(line, nothing, R"("sent":[{"to":"192.0.2.10:1001","flags":"SA"}])")) return changed;
  if (const auto changed = replaced(line, sent, R"("sent":[])")) return changed;
  if (const auto accepted = line.find(R"("op":"accept")"); accepted != std::string::npos) {
    const bool failed = line.find(R"("ret":-1)") != std::string::npos;
    return replaced(line, result, failed ? R"("ret":99)" : R"("ret":-1,"errno":"EAGAIN")");
  }
  if (const auto changed = replaced(line, result, R"("ret":12345)")) return changed;
  if (line.starts_with(R"({"weir")")) return std::nullopt;
  std::smatch last;
  if (!std::regex_search(line, last, number)) return std::nullopt;
  return line.substr(0, static_cast<std::size_t>(last.position())) + std::to_string(std::stoul(last[1]) + 1) + "}";
}

std::optional<std::size_t> line_of_first_divergence(const std::string& text) {
  TraceReader trace(read_text(text), "t");
  std::optional<std::size_t> line;
  check(trace, {}, [&](const Divergence& each) { line = line.value_or(each.line); });
  return line;
}

TEST(AlteredTraces, EveryAnswerCounts) {
  std::size_t changes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(WEIR_TEST_DATA "/segments")) {
    if (entry.path().extension() != ".jsonl") continue;
    const std::string name = "segments/" + entry.path().filename().string();
    std::vector<std::string> lines = lines_of(file_text(name));
    EXPECT_EQ(line_of_first_divergence(joined(lines)), std::nullopt) << name;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto changed = altered(lines[i]);
      if (!changed) continue;
      ++changes;
      const std::string original = std::exchange(lines[i], *changed);
      EXPECT_EQ(line_of_first_divergence(joined(lines)), i + 1) << name << ": " << original << " as " << *changed;
      lines[i] = original;
    }
  }
  EXPECT_GT(changes, 1000U);
}

}  // namespace
}  // namespace weir::oracle
