#include "oracle/softnet/kernel_types.hpp"

#include <bpf/btf.h>

#include <stdexcept>
#include <string_view>

namespace weir::oracle {
namespace {

struct Member {
  std::uint32_t type = 0, offset = 0;
};

std::uint32_t without_qualifiers(const btf* types, std::uint32_t id) {
  for (const btf_type* each = btf__type_by_id(types, id); btf_is_mod(each) || btf_is_typedef(each);
       each = btf__type_by_id(types, id))
    id = each->type;
  return id;
}

std::optional<Member> member(const btf* types, std::uint32_t id, std::string_view name) {
  id = without_qualifiers(types, id);
  const btf_type* const type = btf__type_by_id(types, id);
  if (!btf_is_composite(type)) return std::nullopt;
  for (std::uint32_t i = 0; i < btf_vlen(type); ++i) {
    const btf_member& each = btf_members(type)[i];
    const std::uint32_t offset = btf_member_bit_offset(type, i) / 8;
    const std::string_view named = btf__name_by_offset(types, each.name_off);
    if (named == name) return Member{each.type, offset};
    if (!named.empty()) continue;
    if (const auto inside = member(types, each.type, name)) return Member{inside->type, offset + inside->offset};
  }
  return std::nullopt;
}

std::string joined(const std::string& structure, std::initializer_list<const char*> path) {
  std::string text = structure;
  for (const char* each : path) text.append(".").append(each);
  return text;
}

}  // namespace

KernelTypes::KernelTypes() : types_(btf__load_vmlinux_btf(), [](btf* types) { btf__free(types); }) {
  if (types_ == nullptr) throw std::runtime_error("this kernel does not tell its types (/sys/kernel/btf/vmlinux)");
}

std::int32_t KernelTypes::number_of(const std::string& structure) const {
  const auto [place, is_new] = numbers_.try_emplace(structure, 0);
  if (is_new) place->second = btf__find_by_name_kind(types_.get(), structure.c_str(), BTF_KIND_STRUCT);
  return place->second;
}

std::optional<FieldPlace> KernelTypes::find(const std::string& structure,
                                            std::initializer_list<const char*> path) const {
  const std::int32_t id = number_of(structure);
  if (id <= 0) return std::nullopt;
  Member place{static_cast<std::uint32_t>(id), 0};
  for (const char* each : path) {
    const auto next = member(types_.get(), place.type, each);
    if (!next) return std::nullopt;
    place = {next->type, place.offset + next->offset};
  }
  return FieldPlace{place.offset, static_cast<std::uint32_t>(btf__resolve_size(types_.get(), place.type))};
}

FieldPlace KernelTypes::field(const std::string& structure, std::initializer_list<const char*> path) const {
  if (const auto place = find(structure, path)) return *place;
  throw std::runtime_error("this kernel has no " + joined(structure, path));
}

bool KernelTypes::has_field(const std::string& structure, std::initializer_list<const char*> path) const {
  return find(structure, path).has_value();
}

std::optional<std::int32_t> KernelTypes::enumerator(const std::string& enumeration, const std::string& name) const {
  const std::int32_t id = btf__find_by_name_kind(types_.get(), enumeration.c_str(), BTF_KIND_ENUM);
  if (id <= 0) return std::nullopt;
  const btf_type* const type = btf__type_by_id(types_.get(), static_cast<std::uint32_t>(id));
  for (std::uint32_t i = 0; i < btf_vlen(type); ++i)
    if (name == btf__name_by_offset(types_.get(), btf_enum(type)[i].name_off)) return btf_enum(type)[i].val;
  return std::nullopt;
}

}  // namespace weir::oracle
