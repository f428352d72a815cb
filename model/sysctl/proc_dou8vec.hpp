// proc_dou8vec_minmax: one byte as text. Source: kernel/sysctl.c (proc_dou8vec_minmax, do_proc_douintvec_w), from 5.13.
#pragma once
#include "model/sysctl/proc_dointvec.hpp"

namespace weir::model {

/// Writes text into a byte-wide value. On success the count stays as asked and the offset does not move.
/// \return Errno::none or einval (nothing stored)
template <Domain D>
Errno proc_dou8vec_write(const Profile& kernel, IntRange range, I32<D>& data, Bytes<D> buffer, Transfer& io,
                         I32<D> writes_strict) {
  if (write_ends_unread<D>(kernel, buffer.empty(), io, writes_strict)) return Errno::none;
  Bytes<D> left = examined<D>(kernel, buffer);
  left = left.subspan(leading_blanks<D>(left));
  if (left.empty()) {
    D::clause(Clause::DOINTVEC_BLANK);
    return Errno::einval;
  }
  const auto number = proc_get_long<D>(kernel, left);
  if (!number) return Errno::einval;
  if (number->negative) {
    D::clause(Clause::DOU8_NEGATIVE);
    return Errno::einval;
  }
  const auto minimum = static_cast<std::uint64_t>(range.minimum), maximum = static_cast<std::uint64_t>(range.maximum);
  if (number->magnitude < U64<D>(minimum) || number->magnitude > U64<D>(maximum)) {
    D::clause(Clause::DOU8_RANGE);
    return Errno::einval;
  }
  D::clause(Clause::DOU8_STORED);
  data = as<I32<D>>(number->magnitude);
  return Errno::none;
}

}  // namespace weir::model
