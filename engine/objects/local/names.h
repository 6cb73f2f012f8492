// How keys become file names and back.
//
//   key            file under the bucket's folder
//   a/b.csv        a/b.csv
//   a              a          or, when there is a folder a: %a
//   a/             a/%        (an empty name is "%" for a file, "%+" for a folder)
//   a//b           a/%+/b
//   ../x           %+../x
//   50%            50%        (only a leading % is special)
//   %x             %%25x
//
// A segment that cannot be a name of its own (empty, ".", "..", a leading "%", a zero byte, longer
// than 255 bytes) is written as "%" + its percent-encoding, as a folder "%+" + that. What would be
// too long even so is "%#" (folder: "%+#")
// + the SHA-256 of the segment, and .pawl/names/<SHA-256> holds the segment. Every other name that
// begins with "%" is no object; one file dropped into a bucket's folder by hand is, unless its name
// begins with "%" or is not UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::engine {

struct KeyPath {
  std::vector<std::string> folders;  // names from the bucket's folder down
  std::optional<std::string> plain;  // the file's name, if the last segment can be one
  std::string escaped;               // its name otherwise, or while a folder occupies the plain one
};

// The segments that are too long for a name, kept by hash.
class LongNames {
 public:
  explicit LongNames(std::string folder) : folder_(std::move(folder)) {}
  void keep(const std::string& hash, std::string_view segment, const std::string& scratch) const;
  std::optional<std::string> find(const std::string& hash) const;

 private:
  std::string folder_;
};

KeyPath key_path(std::string_view key);
// The segments of `key` that LongNames must keep, with their hashes.
std::vector<std::pair<std::string, std::string>> long_segments(std::string_view key);
std::string escaped_name(std::string_view segment);
// What a name in a folder stands for; nullopt: for nothing.
std::optional<std::string> segment_of_name(const std::string& name,
                                           bool folder,
                                           const LongNames& long_names);
bool is_utf8(std::string_view text);

}  // namespace pawl::engine
