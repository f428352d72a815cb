// A file that appears as a whole or not at all.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace weir::oracle {

/// Written beside its place and renamed into it; `to_the_disk`: so that it is there after a power cut as well.
/// \return why that could not be done, and then nothing is left of it; "" if it was
std::string write_whole(const std::filesystem::path& path, std::string_view text, bool to_the_disk);

/// Nothing where it is not there or cannot be read.
std::string read_whole(const std::filesystem::path& path);

}  // namespace weir::oracle
