// Files that are whole or not there, also after power loss: what everything that keeps files of its
// own writes them with. Thread-safe; where nothing else is said, trouble is a std::system_error
// with the errno of the call.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/files/fd.h"

namespace pawl::engine {

// Throws the errno there is.
[[noreturn]] void throw_errno(const std::string& what);

// False, and errno, when not all of it could be written. Safe between fork and exec.
bool try_write_all(int fd, std::string_view bytes);
void write_all(const Fd& file, std::string_view bytes);

// nullopt: there is no such file.
std::optional<std::string> read_file(const std::string& path);

struct NewFile {
  mode_t mode = 0644;
  // Where it is written before it gets its name, on the same file system; empty: beside it. What
  // lies there from a crash is replaced.
  std::string scratch = {};
  // Called with the descriptor while the file is empty: to give it to somebody, say.
  std::function<void(int fd)> prepare = {};
  bool durable = true;  // false: whole or not there while the machine runs
};
// The file is the old one or the new one, never half of either.
void replace_file(const std::string& path, std::string_view bytes, const NewFile& how = {});
// As replace_file, but only where there is none yet: false when there is.
bool write_new_file(const std::string& path, std::string_view bytes, const NewFile& how = {});

// mkdir -p whose new entries are on disk when it returns.
void make_folders(const std::string& path);
// A name in a folder becomes durable with its folder. One that is gone meanwhile is no error.
void sync_folder(const std::string& path);
// "a/b" of "a/b/c", "." of "c", "/" of "/c".
std::string parent_folder(const std::string& path);

}  // namespace pawl::engine
