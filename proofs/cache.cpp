#include "proofs/cache.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>

namespace weir::proofs {
namespace {

constexpr std::uint32_t format = 1;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint64_t digest_of(std::string_view bytes) {
  Digest digest;
  digest.put(bytes);
  return digest.low;
}

}  // namespace

Cache::Cache(std::filesystem::path folder, Claims claims, const Budget& budget)
    : folder_(std::move(folder)), claims_(claims), budget_(budget) {
  if (folder_.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  stamp_ = digest_of(contents("/proc/self/exe"));
}

std::filesystem::path Cache::path_of(std::string_view theorem) const {
  return folder_ / (std::string(theorem) + (claims_ == Claims::twins ? ".twin" : ".proof"));
}

/// What a verdict depends on besides the questions.
std::string Cache::key() const {
  return std::to_string(format) + " " + Z3_get_full_version() + " " + std::to_string(budget_.rlimit) + " " +
         std::to_string(budget_.queries);
}

std::vector<Family> Cache::load(std::string_view theorem) const {
  std::vector<Family> families;
  if (folder_.empty()) return families;
  const std::string bytes = contents(path_of(theorem));
  try {
    RecordReader record(bytes);
    const auto checked = record.get<std::uint64_t>();
    if (checked != digest_of(std::string_view(bytes).substr(sizeof checked)) || record.get_text() != key()) return {};
    while (!record.empty()) families.push_back(get_family(record));
  } catch (const std::exception&) {
    return {};
  }
  return families;
}

void Cache::store(std::string_view theorem, const std::vector<Family>& families) const {
  if (folder_.empty()) return;
  RecordWriter record;
  record.put(std::string_view(key()));
  for (const Family& each : families)
    if (each.good(claims_)) put(record, each);
  const std::string bytes = record.take();
  const std::filesystem::path path = path_of(theorem),
                              fresh = path.string() + ".new-" + std::to_string(::getpid());  // others may prove as well
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  const std::uint64_t checked = digest_of(bytes);
  file.write(reinterpret_cast<const char*>(&checked), sizeof checked);
  file << bytes;
  file.close();
  std::error_code ignored;
  if (file) std::filesystem::rename(fresh, path, ignored);
}

}  // namespace weir::proofs
