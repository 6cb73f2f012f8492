#include "asl/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace pawl::asl {
namespace {

// [pawl] Enough for any sane expression on a 256 KiB document, and over within a fraction of a
// second.
constexpr std::uint32_t kMatchLimit = 1'000'000;
constexpr std::uint32_t kHeapLimitKib = 16'384;
constexpr std::size_t kPatternBytesMax = 4096;

}  // namespace

std::shared_ptr<const Regex> Regex::compile(std::string_view pattern, bool ignore_case) {
  if (pattern.size() > kPatternBytesMax) {
    return nullptr;
  }
  int error = 0;
  PCRE2_SIZE error_offset = 0;
  const std::uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
                                PCRE2_NEVER_BACKSLASH_C | (ignore_case ? PCRE2_CASELESS : 0U);
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()),
                                   pattern.size(),
                                   options,
                                   &error,
                                   &error_offset,
                                   nullptr);
  return code == nullptr ? nullptr : std::make_shared<const Regex>(code);
}

bool Regex::matches(std::string_view text) const {
  const std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context(
      pcre2_match_context_create(nullptr), &pcre2_match_context_free);
  pcre2_set_match_limit(context.get(), kMatchLimit);
  pcre2_set_heap_limit(context.get(), kHeapLimitKib);
  auto* compiled = static_cast<pcre2_code*>(code);
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match(
      pcre2_match_data_create_from_pattern(compiled, nullptr), &pcre2_match_data_free);
  return pcre2_match(compiled,
                     reinterpret_cast<PCRE2_SPTR>(text.data()),
                     text.size(),
                     0,
                     0,
                     match.get(),
                     context.get()) >= 0;
}

Regex::~Regex() { pcre2_code_free(static_cast<pcre2_code*>(code)); }

}  // namespace pawl::asl
