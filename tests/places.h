// Where a test finds the tree it belongs to and the program it starts. Kept out of the compile
// options of the tests, which would else differ between two checkouts.
#pragma once

namespace pawl::test {

extern const char* const kSourceFolder;  // of the checkout, without a slash at its end
extern const char* const kPawlProgram;   // the `pawl` of this build

}  // namespace pawl::test
