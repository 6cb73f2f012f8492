#include "asl/jsonata/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "asl/jsonata/failure.h"

namespace pawl::asl::jsonata {
namespace {

// [pawl] A match past these is over within a fraction of a second.
constexpr std::uint32_t kPatternMatchLimit = 1'000'000;
constexpr std::uint32_t kPatternHeapLimitKib = 16'384;

}  // namespace

std::shared_ptr<const Pattern> Pattern::compile(std::string_view text, PatternOptions options) {
  int error = 0;
  PCRE2_SIZE error_offset = 0;
  const std::uint32_t bits =
      PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |
      PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_INVALID_UTF |
      (options.ignores_case ? PCRE2_CASELESS : 0U) | (options.is_multiline ? PCRE2_MULTILINE : 0U);
  pcre2_code* code = pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), bits, &error, &error_offset, nullptr);
  return code == nullptr ? nullptr : std::make_shared<const Pattern>(code);
}

std::optional<PatternMatch> Pattern::find(std::string_view text, std::size_t offset) const {
  const std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context(
      pcre2_match_context_create(nullptr), &pcre2_match_context_free);
  pcre2_set_match_limit(context.get(), kPatternMatchLimit);
  pcre2_set_heap_limit(context.get(), kPatternHeapLimitKib);
  const auto* compiled = static_cast<pcre2_code*>(code);
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create_from_pattern(compiled, nullptr), &pcre2_match_data_free);
  const int count = pcre2_match(compiled,
                                reinterpret_cast<PCRE2_SPTR>(text.data()),
                                text.size(),
                                offset,
                                0,
                                data.get(),
                                context.get());
  if (count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_HEAPLIMIT ||
      count == PCRE2_ERROR_DEPTHLIMIT) {
    fail_bound(Bound::kTime);
  }
  if (count < 0) return std::nullopt;
  const PCRE2_SIZE* places = pcre2_get_ovector_pointer(data.get());
  PatternMatch match{.begin = places[0], .end = places[1], .groups = {}};
  const std::uint32_t groups = pcre2_get_ovector_count(data.get());
  for (std::uint32_t i = 1; i < groups; ++i) {
    const bool is_set = static_cast<int>(i) < count && places[2 * i] != PCRE2_UNSET;
    match.groups.push_back(is_set ? std::optional(std::pair(places[2 * i], places[2 * i + 1]))
                                  : std::nullopt);
  }
  return match;
}

Pattern::~Pattern() { pcre2_code_free(static_cast<pcre2_code*>(code)); }

}  // namespace pawl::asl::jsonata
