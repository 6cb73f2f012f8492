// model.tar.gz and its kind: folders as gzipped tar files and back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pawl::engine {

// Packs what is in the folders (names relative to them, no leading "./") into one archive; where
// two hold the same name the first wins. The same contents give the same bytes: names in order, no
// times, no owners. Symbolic links are kept as links; what is neither file, folder nor link is left
// out. The archive appears whole or not at all. Throws std::system_error when the disk fails.
void pack_folders(const std::vector<std::string>& folders, const std::string& archive);

struct UnpackLimits {
  std::uint64_t bytes_max = 256ULL << 30;
  std::uint64_t entries_max = 4'000'000;
};

// Unpacks a tar file, gzipped or not (ustar, GNU and pax forms), into the folder, made when
// missing. Nothing is ever written outside of it: absolute names, "..", links that lead out and
// devices are refused. Throws std::runtime_error that says what is wrong with the archive,
// std::system_error when the disk fails.
void unpack_archive(const std::string& archive,
                    const std::string& folder,
                    const UnpackLimits& limits = {});

}  // namespace pawl::engine
