#include "oracle/strace/answers.hpp"

namespace weir::oracle::strace {

std::string text_of(const Outcome& answer) {
  if (const auto* const value = std::get_if<outcome::OptionValue>(&answer))
    return "0, value " + std::to_string(value->value);
  const auto* const ret = std::get_if<outcome::Returned>(&answer);
  if (ret == nullptr) return "a crash of the kernel";
  return ret->ret == -1 ? "-1 " + std::string(name_of(ret->error)) : std::to_string(ret->ret);
}

bool same(const Outcome& answer, const Result& seen) {
  const auto* const ret = std::get_if<outcome::Returned>(&answer);
  return ret != nullptr && ret->ret == seen.ret && name_of(ret->error) == seen.error;
}

}  // namespace weir::oracle::strace
