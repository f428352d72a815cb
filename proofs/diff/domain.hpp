// The reading of the spec that the search for differences runs: symbolic numbers and texts, packets by their names.
#pragma once
#include <vector>

#include "model/softnet/skb_queue.hpp"
#include "model/sysctl/number.hpp"
#include "proofs/symbolic/domain.hpp"

namespace weir::proofs {

struct Searched : Symbolic {
  /// While a sysctl is written whose text is "the decimal digits of a number": that number. Every parser of the kernel
  /// reads such a text as that number, so the digits need no paths of their own. (The answer is run again as text.)
  static inline thread_local const Symbolic::I32* written_number = nullptr;
};

/// Reads every text byte by byte. Long texts repeat a byte, so what was asked about a byte is remembered.
struct SearchedText : Symbolic {
  /// Whether low <= c <= high.
  static Bool between(const U8& c, unsigned char low, unsigned char high);
  static Bool is_space(const U8& c);
  /// Forgets all bytes. Needed before another context, or the end of this.
  static void forget();
};

/// How many wait is known on every path, and so is who.
class PacketRow {
 public:
  Symbolic::U32 qlen() const { return Symbolic::U32(packets_.size()); }
  bool empty() const { return packets_.empty(); }
  void push(Skb skb) { packets_.push_back(skb); }
  Skb pop() {
    const Skb first = packets_.front();
    packets_.erase(packets_.begin());
    return first;
  }
  void splice_tail(PacketRow& from) {
    packets_.insert(packets_.end(), from.packets_.begin(), from.packets_.end());
    from.packets_.clear();
  }

 private:
  std::vector<Skb> packets_;
};

}  // namespace weir::proofs

namespace weir::model {

template <>
struct SkbQueueOf<proofs::Searched> {
  using Queue = proofs::PacketRow;
  using Packet = Skb;
};

template <>
inline proofs::Symbolic::Bool between<proofs::SearchedText>(const proofs::Symbolic::U8& c, unsigned char low,
                                                            unsigned char high) {
  return proofs::SearchedText::between(c, low, high);
}

template <>
inline proofs::Symbolic::Bool is_space<proofs::SearchedText>(const proofs::Symbolic::U8& c) {
  return proofs::SearchedText::is_space(c);
}

template <>
inline proofs::Symbolic::Bool is_space<proofs::Searched>(const proofs::Symbolic::U8& c) {
  return proofs::SearchedText::is_space(c);
}

template <>
inline std::optional<Number<proofs::Searched>> proc_get_long<proofs::Searched>(const Profile& kernel,
                                                                               Bytes<proofs::Searched> text) {
  using D = proofs::Searched;
  if (const I32<D>* const value = D::written_number) {
    const bool negative = static_cast<bool>(*value < I32<D>(0));
    const I32<D> magnitude = negative ? wrapping_sub(I32<D>(0), *value) : *value;
    return Number<D>{proofs::as<U64<D>>(proofs::as<U32<D>>(magnitude)), negative, text.size()};
  }
  const auto number = proc_get_long<proofs::SearchedText>(kernel, text);
  if (!number) return std::nullopt;
  return Number<D>{number->magnitude, number->negative, number->length};
}

}  // namespace weir::model
