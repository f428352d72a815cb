// The operation decoder: every byte string is an input, and operations survive the way to bytes and back.
#include <gtest/gtest.h>

#include "fuzz/report.hpp"
#include "tests/property/cases.hpp"

namespace weir::property {
namespace {

using fuzz::host_menu;
using fuzz::Input;

bool same(const Input& a, const Input& b) {
  return a.profile == b.profile && a.options.thread_backlog_napi == b.options.thread_backlog_napi && a.ops == b.ops;
}

TEST(Decoder, DecodesWhatItEncoded) {
  EXPECT_TRUE(holds([] {
    const auto input = *cases(fuzz::host_plane);
    Input back;
    fuzz::decode(host_menu, fuzz::encode(host_menu, input), back);
    RC_ASSERT(same(input, back));
  }));
}

TEST(Decoder, EveryByteStringHasANormalForm) {
  EXPECT_TRUE(holds([] {
    const auto bytes = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
    Input once;
    fuzz::decode(host_menu, bytes, once);
    const auto normal = fuzz::encode(host_menu, once);
    Input twice;
    fuzz::decode(host_menu, normal, twice);
    RC_ASSERT(same(once, twice));
    RC_ASSERT(fuzz::encode(host_menu, twice) == normal);
  }));
}

TEST(DecoderMustFail, ASmallerMenuLosesOperations) {
  EXPECT_TRUE(fails([] {
    const auto input = *cases(fuzz::host_plane);
    Input back;
    fuzz::decode(fuzz::sysctl_menu, fuzz::encode(fuzz::sysctl_menu, input), back);
    RC_ASSERT(same(input, back));
  }));
}

}  // namespace
}  // namespace weir::property
