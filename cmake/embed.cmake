file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUT}.h "#pragma once
#include <string_view>
namespace pawl::embedded { extern const std::string_view ${SYMBOL}; }
")
file(WRITE ${OUT}.cpp "#include \"embedded/${SYMBOL}.h\"
namespace {
constexpr unsigned char kBytes_${SYMBOL}[] = {${bytes}0};
}
namespace pawl::embedded {
const std::string_view ${SYMBOL}{reinterpret_cast<const char*>(kBytes_${SYMBOL}), sizeof(kBytes_${SYMBOL}) - 1};
}
")
