// What the tests of libweir share.
#pragma once
#include <gtest/gtest.h>
#include <weir/weir.h>

#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::c {

/// A struct of libweir that is all zero but for its size.
template <class T>
T sized() {
  T made;
  std::memset(&made, 0, sizeof made);
  made.size = sizeof made;
  return made;
}

/// An outcome with room for what is in it.
struct Answer {
  Answer() : outcome(sized<weir_outcome>()), room(4096) {
    outcome.buffer = room.data();
    outcome.buffer_size = room.size() * sizeof room[0];
  }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  weir_outcome outcome;
  std::vector<std::uint64_t> room;
};

/// The text that a call with (buffer, size, needed) gives: first asked for its size, then for itself.
inline std::string text_of(const std::function<weir_status(char*, std::size_t, std::size_t*)>& call) {
  std::size_t needed = 0;
  EXPECT_EQ(call(nullptr, 0, &needed), WEIR_SHORT_BUFFER);
  std::string text(needed, '?');
  EXPECT_EQ(call(text.data(), text.size(), &needed), WEIR_OK) << weir_error_message();
  EXPECT_EQ(text.back(), '\0');
  text.pop_back();
  return text;
}

class Library : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(weir_host_create("linux-6.18", nullptr, &host_), WEIR_OK) << weir_error_message();
    ASSERT_EQ(weir_judge_create("linux-6.18", nullptr, &judge_), WEIR_OK) << weir_error_message();
  }
  void TearDown() override {
    weir_host_destroy(host_);
    weir_judge_destroy(judge_);
  }

  /// The completed line.
  static std::string line(weir_host* host, std::string_view text) {
    std::string answer(1 << 16, '\0');
    EXPECT_EQ(weir_host_apply_json(host, text.data(), text.size(), answer.data(), answer.size(), nullptr), WEIR_OK)
        << weir_error_message();
    return answer.c_str();
  }
  std::string line(std::string_view text) { return line(host_, text); }
  weir_status observe(std::string_view text) { return weir_judge_observe_json(judge_, text.data(), text.size()); }

  weir_host* host_ = nullptr;
  weir_judge* judge_ = nullptr;
};

inline bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

inline constexpr std::string_view a_socket = R"({"op":"socket","family":"inet","type":"stream"})";

}  // namespace weir::c
