#include "oracle/text/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

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

/// A renaming is on the disk when its folder is. Some file systems cannot be asked for that, and a folder may be one
/// that nobody may read: the file is in its place all the same.
void flush_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

/// A new file that nobody else writes: not on another machine either, or in a container, where processes have the same
/// numbers. \return -1 where that cannot be
int open_new(const std::filesystem::path& like, std::filesystem::path& name) {
  std::random_device number;
  for (;;) {
    name = like.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(number());
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 || errno != EEXIST) return file;
  }
}

}  // namespace

std::string write_whole(const std::filesystem::path& path, std::string_view text, bool to_the_disk) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const auto why = [&] { return "cannot write " + path.string() + ": " + std::strerror(errno); };
  // Hidden, and nobody else's: a worker that was killed leaves no more behind than such a file.
  std::filesystem::path beside;
  const int file = open_new(folder / ("." + path.filename().string()), beside);
  if (file < 0) return why();
  bool well = write_all(file, text) && (!to_the_disk || ::fsync(file) == 0);
  std::string trouble = well ? "" : why();
  if (::close(file) != 0 && well) well = false, trouble = why();
  if (well && ::rename(beside.c_str(), path.c_str()) != 0) well = false, trouble = why();
  if (well && to_the_disk) flush_folder(folder);
  if (!well) ::unlink(beside.c_str());
  return trouble;
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace weir::oracle
