// What is fuzzed. Each target takes any bytes and must neither crash, hang nor use much memory;
// what the code under test answers is of no matter. Two builds run them: fuzz_tests, with seeds and
// a few thousand of their mutations, always the same; and, with -DPAWL_FUZZ=ON and clang,
// libFuzzer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pawl::fuzz {

// Up to a zero byte an expression, behind it the document it reads.
void jsonata(std::string_view input);
void path(std::string_view input);
void intrinsics(std::string_view input);
// A definition as JSON.
void definition(std::string_view input);

struct Target {
  const char* name;
  void (*run)(std::string_view input);
  std::span<const char* const> seeds;
};
std::span<const Target> targets();

// A pure function of its arguments.
std::string mutate(std::string_view text, std::span<const char* const> seeds, std::uint64_t number);

struct TwoParts {
  std::string_view expression;
  std::string_view document;  // empty: none
};
TwoParts split(std::string_view input);

}  // namespace pawl::fuzz
