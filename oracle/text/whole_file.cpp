#include "oracle/text/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace weir::oracle {
namespace {

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// A renaming is on the disk when its folder is.
bool flush_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return false;
  const bool flushed = ::fsync(file) == 0;
  ::close(file);
  return flushed;
}

}  // namespace

std::string write_whole(const std::filesystem::path& path, std::string_view text, bool to_the_disk) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const auto why = [&] { return "cannot write " + path.string() + ": " + std::strerror(errno); };
  // Hidden, and nobody else's: a worker that was killed leaves no more behind than such a file.
  const auto beside = folder / ("." + path.filename().string() + "." + std::to_string(::getpid()));
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return why();
  bool well = write_all(file, text) && (!to_the_disk || ::fsync(file) == 0);
  std::string trouble = well ? "" : why();
  if (::close(file) != 0 && well) well = false, trouble = why();
  if (well && ::rename(beside.c_str(), path.c_str()) != 0) well = false, trouble = why();
  if (well && to_the_disk && !flush_folder(folder)) trouble = why();
  if (!well) ::unlink(beside.c_str());
  return trouble;
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace weir::oracle
