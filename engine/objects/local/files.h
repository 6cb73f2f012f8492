// Files as the local object store needs them, besides engine/files: versions, ranges, renames.
// Errors are std::system_error.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/files/files.h"

namespace pawl::engine {

// What tells one version of a file from another; survives `cp -a`, backups and renames.
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

enum class FileType { kNone, kRegular, kFolder, kOther };

Fd open_file(const std::string& path);
std::optional<Fd> open_if_exists(const std::string& path);  // nullopt: no such file
Fd create_file(const std::string& path);                    // must not exist
void read_all(const Fd& file, const std::function<void(std::string_view)>& take);
// At most `max` bytes.
std::string read_file(const Fd& file, std::size_t max);
// From the current position of `from` to its end, within the kernel where it can.
void append_file(const Fd& from, const Fd& to);
// `length` bytes from `offset`; fewer when the file ends before.
void append_range(const Fd& from, const Fd& to, std::uint64_t offset, std::uint64_t length);

FileType file_type(
    const std::string& path);  // follows symbolic links; an unreachable path is kNone
FileStamp stamp_of(const Fd& file);

// Sets the file's time to now, but later than every other call in this process, and makes bytes and
// time durable.
FileStamp seal(const Fd& file);

void rename_file(const std::string& from, const std::string& to);
void remove_file(const std::string& path);  // missing: no error
// Renames, or copies where `from` lies on another file system; durable after sync_folder.
void move_file(const std::string& from, const std::string& to);
}  // namespace pawl::engine
