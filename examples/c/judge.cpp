// Does Linux allow what my stack did? The same library from C++, with what was seen as lines of a trace:
//
//   c++ judge.cpp $(pkg-config --cflags --libs libweir) -o judge && ./judge
#include <weir/weir.h>

#include <cstdio>
#include <memory>
#include <string>

namespace {

struct Destroy {
  void operator()(weir_judge* judge) const { weir_judge_destroy(judge); }
};

std::string why(const weir_judge* judge) {
  std::size_t needed = 0;
  weir_judge_why(judge, nullptr, 0, &needed);
  std::string text(needed, '\0');
  weir_judge_why(judge, &text[0], text.size(), nullptr);
  text.pop_back();  // the NUL
  return text;
}

}  // namespace

int main() {
  const std::string seen[] = {
      R"({"op":"socket","family":"inet","type":"stream","ret":3})",
      R"({"op":"listen","fd":3,"backlog":0,"ret":0})",
      R"({"op":"listen","fd":3,"backlog":-1,"ret":-1,"errno":"EINVAL"})",
  };
  weir_judge* made = nullptr;
  if (weir_judge_create("linux-6.18", nullptr, &made) != WEIR_OK) {
    std::fprintf(stderr, "judge: %s\n", weir_error_message());
    return 2;
  }
  const std::unique_ptr<weir_judge, Destroy> judge(made);
  for (const std::string& line : seen) {
    const weir_status status = weir_judge_observe_json(judge.get(), line.data(), line.size());
    if (status == WEIR_OK) continue;
    if (status != WEIR_DIVERGED) {
      std::fprintf(stderr, "judge: %s\n", weir_error_message());
      return 2;
    }
    std::fputs(why(judge.get()).c_str(), stdout);
    return 1;
  }
  std::puts("Linux allows all of it");
  return 0;
}
