// Where the running kernel keeps its fields: its own type information (BTF), asked by name, so that probes fit the
// kernel that they are loaded into.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>

struct btf;

namespace weir::oracle {

struct FieldPlace {
  std::uint32_t offset = 0, size = 0;  ///< bytes
};

/// Not thread-safe. Throws std::runtime_error naming what this kernel does not have.
class KernelTypes {
 public:
  KernelTypes();

  /// The field of a field …, each by its name; anonymous structs and unions are looked through.
  FieldPlace field(const std::string& structure, std::initializer_list<const char*> path) const;
  bool has_field(const std::string& structure, std::initializer_list<const char*> path) const;

  /// The value of an enumerator; nothing where the enum or the enumerator is not there.
  std::optional<std::int32_t> enumerator(const std::string& enumeration, const std::string& name) const;

 private:
  std::optional<FieldPlace> find(const std::string& structure, std::initializer_list<const char*> path) const;
  std::int32_t number_of(const std::string& structure) const;

  std::shared_ptr<btf> types_;
  mutable std::map<std::string, std::int32_t> numbers_;  ///< of structures: to look one up is to look at all
};

}  // namespace weir::oracle
