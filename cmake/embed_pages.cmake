# Every .md below FOLDER, as pawl::embedded::pages() of embedded/pages.h, sorted by path.
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*.md)
list(SORT files)
set(arrays "")
set(rows "")
set(index 0)
foreach(file ${files})
  file(READ ${FOLDER}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char kPage${index}[] = {${bytes}0};\n")
  string(APPEND rows
    "      {\"${file}\", {reinterpret_cast<const char*>(kPage${index}), sizeof(kPage${index}) - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT}.h "#pragma once
#include <span>
#include <string_view>
namespace pawl::embedded {
struct Page {
  std::string_view path;  // below the folder
  std::string_view text;
};
std::span<const Page> pages();
}
")
file(WRITE ${OUT}.cpp "#include \"embedded/pages.h\"
namespace {
${arrays}}
namespace pawl::embedded {
std::span<const Page> pages() {
  static const Page kPages[] = {
${rows}  };
  return kPages;
}
}
")
