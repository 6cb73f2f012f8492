#include "tests/tidy/tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/places.h"

namespace pawl::tidy {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<SourceFile> read_tree() {
  std::vector<SourceFile> files;
  for (const char* top : {"asl", "states", "engine", "tests", "bench"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(source_root()) / top)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      files.push_back({fs::relative(entry.path(), source_root()), lines_of(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) {
    return a.path < b.path;
  });
  return files;
}

}  // namespace

std::string SourceFile::folder() const {
  const std::size_t first = path.find('/');
  if (!path.starts_with("engine/")) return path.substr(0, first);
  const std::size_t second = path.find('/', first + 1);
  return second == std::string::npos ? "engine" : path.substr(0, second);
}

const std::vector<SourceFile>& cpp_files() {
  static const std::vector<SourceFile> kFiles = read_tree();
  return kFiles;
}

std::string without_comment(const std::string& line) {
  bool in_string = false;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (in_string && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && line[i] == '/' && line[i + 1] == '/') {
      return line.substr(0, i);
    }
  }
  return line;
}

std::string source_root() { return test::kSourceFolder; }

}  // namespace pawl::tidy
