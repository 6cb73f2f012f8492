// The tree of sources as the tidy tests read it.
#pragma once

#include <string>
#include <vector>

namespace pawl::tidy {

struct SourceFile {
  std::string path;  // from the root of the tree: "asl/path.cpp"
  std::vector<std::string> lines;

  std::string folder() const;  // "asl", "engine/http", "tests"
  bool is_header() const { return path.ends_with(".h"); }
};

// Every C++ file below asl, states, engine, tests and bench, sorted by path.
const std::vector<SourceFile>& cpp_files();

// The code of a line without what follows "//". A "//" inside a string literal does not count.
std::string without_comment(const std::string& line);

std::string source_root();

}  // namespace pawl::tidy
