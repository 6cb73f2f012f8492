#include "asl/jsonata/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/strings.h"
#include "asl/utf8.h"

namespace pawl::asl::jsonata {
namespace {

constexpr std::uint32_t kPatternHeapLimitKib = 16'384;
// [pawl] PCRE2 does not tell how much it did, only that it came to a limit: so it is tried with
// little first, then with more, and each limit reached is paid for.
constexpr std::uint32_t kMatchLimits[] = {100, 3'000, 50'000, 1'000'000};
constexpr std::uint32_t kMatchUnitsPerStep = 10;
constexpr std::size_t kBytesPerStep = 1024;

using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;

pcre2_match_context* context_with(std::uint32_t limit) {
  static thread_local const MatchContext context(pcre2_match_context_create(nullptr),
                                                 &pcre2_match_context_free);
  pcre2_set_match_limit(context.get(), limit);
  pcre2_set_heap_limit(context.get(), kPatternHeapLimitKib);
  return context.get();
}

// Room for the groups of this pattern; kept from match to match while it is enough.
pcre2_match_data* match_data_for(const pcre2_code* code) {
  static thread_local MatchData data(nullptr, &pcre2_match_data_free);
  std::uint32_t groups = 0;
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
  if (!data || pcre2_get_ovector_count(data.get()) < groups + 1) {
    data.reset(pcre2_match_data_create(std::max(groups + 1, 16U), nullptr));
  }
  return data.get();
}

bool is_limit(int result) {
  return result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_HEAPLIMIT ||
         result == PCRE2_ERROR_DEPTHLIMIT;
}

}  // namespace

PatternSubject::PatternSubject(std::string_view text) : text_(text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint decoded = static_cast<unsigned char>(text[at]) < 0x80
                                  ? CodePoint{0, 1}
                                  : decode_utf8(text.substr(at));
    if (decoded.bytes > 0) {
      at += decoded.bytes;
      continue;
    }
    if (clean_.empty()) clean_ = text;
    const bool is_surrogate = text[at] == '\xed' && code_point_bytes(text.substr(at)) == 3;
    clean_.replace(at, is_surrogate ? 3 : 1, is_surrogate ? "\uFFFD" : "?");
    at += is_surrogate ? 3 : 1;
  }
  if (!clean_.empty()) text_ = clean_;
}

std::shared_ptr<const Pattern> Pattern::compile(std::string_view text, PatternOptions options) {
  int error = 0;
  PCRE2_SIZE error_offset = 0;
  const std::uint32_t bits =
      PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |
      PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
      (options.ignores_case ? PCRE2_CASELESS : 0U) | (options.is_multiline ? PCRE2_MULTILINE : 0U);
  pcre2_code* code = pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), bits, &error, &error_offset, nullptr);
  return code == nullptr ? nullptr : std::make_shared<const Pattern>(code);
}

std::optional<PatternMatch> Pattern::find(Evaluator& evaluator,
                                          const PatternSubject& subject,
                                          std::size_t offset) const {
  const std::string_view text = subject.text();
  const auto* compiled = static_cast<pcre2_code*>(code);
  pcre2_match_data* data = match_data_for(compiled);
  evaluator.charge(1 + (text.size() - offset) / kBytesPerStep);
  int count = PCRE2_ERROR_MATCHLIMIT;
  for (const std::uint32_t limit : kMatchLimits) {
    count = pcre2_match(compiled,
                        reinterpret_cast<PCRE2_SPTR>(text.data()),
                        text.size(),
                        offset,
                        PCRE2_NO_UTF_CHECK,
                        data,
                        context_with(limit));
    if (!is_limit(count)) break;
    evaluator.charge(limit / kMatchUnitsPerStep);
  }
  if (is_limit(count)) fail_bound(Bound::kTime);
  if (count < 0) return std::nullopt;
  const PCRE2_SIZE* places = pcre2_get_ovector_pointer(data);
  PatternMatch match{.begin = places[0], .end = places[1], .groups = {}};
  std::uint32_t groups = 0;
  pcre2_pattern_info(compiled, PCRE2_INFO_CAPTURECOUNT, &groups);
  for (std::uint32_t i = 1; i <= groups; ++i) {
    const bool is_set = static_cast<int>(i) < count && places[2 * i] != PCRE2_UNSET;
    match.groups.push_back(is_set ? std::optional(std::pair(places[2 * i], places[2 * i + 1]))
                                  : std::nullopt);
  }
  return match;
}

Pattern::~Pattern() { pcre2_code_free(static_cast<pcre2_code*>(code)); }

}  // namespace pawl::asl::jsonata
