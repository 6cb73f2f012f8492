#include "tests/places.h"

namespace pawl::test {

const char* const kSourceFolder = PAWL_SOURCE_DIR;
const char* const kPawlProgram = PAWL_BINARY;

}  // namespace pawl::test
