// Files with items, for tests of readers.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "asl/text.h"
#include "engine/map_runs/readers/readers.h"

namespace pawl::engine::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "pawl-items-XXXXXX").string();
    path_ = ::mkdtemp(path.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  ItemFile file(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ + "/" + name, std::ios::binary) << bytes;
    return {path_ + "/" + name, "bucket", name, nullptr};
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Each item as text, a member's key before it: "k=1"; or the fault, as the last one.
inline std::vector<std::string> texts(ItemSource& source) {
  std::vector<std::string> out;
  try {
    while (const auto item = source.next()) {
      out.push_back((item->key ? *item->key + "=" : "") + asl::to_text(item->value));
    }
  } catch (const ReaderFault& fault) {
    out.push_back(std::string("! ") + fault.what());
  }
  return out;
}

inline std::vector<std::string> read_all(const ItemFile& file, const asl::Json& config) {
  try {
    const auto reader = read_items(file, config);
    return texts(*reader);
  } catch (const ReaderFault& fault) {
    return {std::string("! ") + fault.what()};
  }
}

}  // namespace pawl::engine::testing
