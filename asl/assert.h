// PAWL_ASSERT: our own bugs stop the process, in release builds too. A wrong history is worse than
// none.
#pragma once

#include <cstdio>
#include <cstdlib>

#define PAWL_ASSERT(condition)                                                               \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
