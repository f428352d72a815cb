// BPF instructions, written down in C++: what a probe of a few dozen of them needs, so that nobody has to install a
// compiler for it.
//
//   BpfCode code;
//   const auto out = code.label();
//   code.load(r1, r6, 0, 8).jump_unless_equal(r1, 3, out) … .bind(out).move(r0, 0).exit();
//
// Jumps go forward, but for `bind_here`'s. Source: the kernel's Documentation/bpf/standardization/instruction-set.rst.
#pragma once
#include <linux/bpf.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace weir::oracle {

enum BpfReg : std::uint8_t { r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10 };

class BpfCode {
 public:
  using Label = std::size_t;

  Label label() {
    labels_.push_back(-1);
    return labels_.size() - 1;
  }
  BpfCode& bind(Label label) {
    labels_[label] = static_cast<std::int64_t>(code_.size());
    return *this;
  }

  BpfCode& move(BpfReg to, BpfReg from) { return add(BPF_ALU64 | BPF_MOV | BPF_X, to, from); }
  BpfCode& move(BpfReg to, std::int32_t value) { return add(BPF_ALU64 | BPF_MOV | BPF_K, to, r0, 0, value); }
  BpfCode& plus(BpfReg to, BpfReg from) { return add(BPF_ALU64 | BPF_ADD | BPF_X, to, from); }
  BpfCode& plus(BpfReg to, std::int32_t value) { return add(of(BPF_ALU64, BPF_ADD, BPF_K), to, r0, 0, value); }
  BpfCode& mask(BpfReg to, std::int32_t value) { return add(BPF_ALU64 | BPF_AND | BPF_K, to, r0, 0, value); }
  BpfCode& shift_left(BpfReg to, std::int32_t bits) { return add(BPF_ALU64 | BPF_LSH | BPF_K, to, r0, 0, bits); }
  BpfCode& shift_right(BpfReg to, BpfReg bits) { return add(BPF_ALU64 | BPF_RSH | BPF_X, to, bits); }

  /// `size` bytes: 1, 2, 4 or 8.
  BpfCode& load(BpfReg to, BpfReg from, std::size_t offset, std::size_t size) {
    return add(BPF_LDX | BPF_MEM | width(size), to, from, offset);
  }
  BpfCode& store(BpfReg to, std::size_t offset, BpfReg from, std::size_t size) {
    return add(BPF_STX | BPF_MEM | width(size), to, from, offset);
  }
  BpfCode& store(BpfReg to, std::size_t offset, std::int32_t value, std::size_t size) {
    return add(BPF_ST | BPF_MEM | width(size), to, r0, offset, value);
  }
  /// 64 bits; `added` holds what was there before.
  BpfCode& fetch_add(BpfReg to, std::size_t offset, BpfReg added) {
    return add(BPF_STX | BPF_ATOMIC | BPF_DW, to, added, offset, BPF_ADD | BPF_FETCH);
  }

  BpfCode& load_map(BpfReg to, int map) { return wide(to, BPF_PSEUDO_MAP_FD, map); }
  BpfCode& load_map_value(BpfReg to, int map) { return wide(to, BPF_PSEUDO_MAP_VALUE, map); }

  BpfCode& call(bpf_func_id helper) { return add(BPF_JMP | BPF_CALL, r0, r0, 0, static_cast<std::int32_t>(helper)); }
  BpfCode& jump(Label to) { return jump_by(BPF_JMP | BPF_JA, r0, r0, 0, to); }
  BpfCode& jump_if_equal(BpfReg reg, std::int32_t value, Label to) {
    return jump_by(BPF_JMP | BPF_JEQ | BPF_K, reg, r0, value, to);
  }
  BpfCode& jump_if_equal(BpfReg a, BpfReg b, Label to) { return jump_by(BPF_JMP | BPF_JEQ | BPF_X, a, b, 0, to); }
  BpfCode& jump_unless_equal(BpfReg reg, std::int32_t value, Label to) {
    return jump_by(BPF_JMP | BPF_JNE | BPF_K, reg, r0, value, to);
  }
  BpfCode& jump_unless_equal(BpfReg a, BpfReg b, Label to) { return jump_by(BPF_JMP | BPF_JNE | BPF_X, a, b, 0, to); }
  BpfCode& jump_if_less(BpfReg a, BpfReg b, Label to) { return jump_by(BPF_JMP | BPF_JLT | BPF_X, a, b, 0, to); }
  /// Goes on some millions of times, then jumps: what bounds a loop (6.9 ..).
  BpfCode& give_up_at_last(Label to) { return jump_by(BPF_JMP | 0xe0, r0, r0, 0, to); }
  BpfCode& exit() { return add(BPF_JMP | BPF_EXIT, r0, r0); }

  /// The whole program, its jumps resolved.
  std::vector<bpf_insn> finish() && {
    for (const auto& [at, label] : jumps_)
      code_[at].off = static_cast<std::int16_t>(labels_[label] - static_cast<std::int64_t>(at) - 1);
    return std::move(code_);
  }

 private:
  static int width(std::size_t size) { return size == 1 ? BPF_B : size == 2 ? BPF_H : size == 4 ? BPF_W : BPF_DW; }

  /// Some of the parts are 0, which says nothing by itself.
  static int of(int group, int operation, int source) { return group | operation | source; }

  BpfCode& add(int code, BpfReg to, BpfReg from, std::size_t offset = 0, std::int32_t value = 0) {
    bpf_insn each{};
    each.code = static_cast<std::uint8_t>(code);
    each.dst_reg = static_cast<std::uint8_t>(to & 0xf);
    each.src_reg = static_cast<std::uint8_t>(from & 0xf);
    each.off = static_cast<std::int16_t>(offset);
    each.imm = value;
    code_.push_back(each);
    return *this;
  }
  BpfCode& wide(BpfReg to, int pseudo, std::int32_t value) {
    add(of(BPF_LD, BPF_DW, BPF_IMM), to, static_cast<BpfReg>(pseudo), 0, value);
    return add(0, r0, r0);
  }
  BpfCode& jump_by(int code, BpfReg a, BpfReg b, std::int32_t value, Label to) {
    jumps_.emplace_back(code_.size(), to);
    return add(code, a, b, 0, value);
  }

  std::vector<bpf_insn> code_;
  std::vector<std::int64_t> labels_;
  std::vector<std::pair<std::size_t, Label>> jumps_;
};

}  // namespace weir::oracle
