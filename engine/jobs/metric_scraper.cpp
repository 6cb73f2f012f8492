#include "engine/jobs/metric_scraper.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "asl/json.h"

namespace pawl::engine {
namespace {

constexpr std::size_t kScrapedBytesMax = 16 * 1024;  // of one line
constexpr std::uint32_t kMatchLimit = 100'000;
constexpr std::uint32_t kDepthLimit = 10'000;
constexpr std::uint32_t kHeapLimitKib = 16 * 1024;

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using Code = std::unique_ptr<pcre2_code, FreeCode>;

struct CompileResult {
  Code code;
  std::string fault;
};

CompileResult compile(const std::string& regex) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.data()),
                          regex.size(),
                          PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
                          &error,
                          &offset,
                          nullptr));
  if (!code) {
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(error, message.data(), message.size());
    return {nullptr,
            reinterpret_cast<const char*>(message.data()) + std::string(" at offset ") +
                std::to_string(offset)};
  }
  std::uint32_t groups = 0;
  pcre2_pattern_info(code.get(), PCRE2_INFO_CAPTURECOUNT, &groups);
  if (groups == 0) return {nullptr, "it has no group that would hold the number"};
  return {std::move(code), ""};
}

// The text is one number, but for spaces around it.
std::optional<double> to_number(std::string text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !std::isfinite(value)) return std::nullopt;
  while (std::isspace(static_cast<unsigned char>(*end)) != 0) ++end;
  if (end != text.c_str() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string> metric_regex_fault(const std::string& regex) {
  const CompileResult result = compile(regex);
  if (result.code) return std::nullopt;
  return result.fault;
}

struct MetricScraper::Compiled {
  std::string name;
  Code code;
  std::unique_ptr<pcre2_match_data, FreeMatch> match;
  std::unique_ptr<pcre2_match_context, FreeContext> context;

  std::optional<double> first_in(std::string_view line) const {
    const int groups = pcre2_match(code.get(),
                                   reinterpret_cast<PCRE2_SPTR>(line.data()),
                                   line.size(),
                                   0,
                                   0,
                                   match.get(),
                                   context.get());
    if (groups < 2) return std::nullopt;
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(match.get());
    if (bounds[2] == PCRE2_UNSET || bounds[3] < bounds[2]) return std::nullopt;
    return to_number(std::string(line.substr(bounds[2], bounds[3] - bounds[2])));
  }
};

MetricScraper::MetricScraper(const std::vector<JobSpec::Metric>& metrics) {
  for (const auto& metric : metrics) {
    CompileResult result = compile(metric.regex);
    if (!result.code) {
      faults_.push_back("metric " + metric.name +
                        " is not scraped, its regex is faulty: " + result.fault);
      continue;
    }
    auto compiled = std::make_unique<Compiled>();
    compiled->name = metric.name;
    compiled->match.reset(pcre2_match_data_create_from_pattern(result.code.get(), nullptr));
    compiled->context.reset(pcre2_match_context_create(nullptr));
    pcre2_set_match_limit(compiled->context.get(), kMatchLimit);
    pcre2_set_depth_limit(compiled->context.get(), kDepthLimit);
    pcre2_set_heap_limit(compiled->context.get(), kHeapLimitKib);
    compiled->code = std::move(result.code);
    compiled_.push_back(std::move(compiled));
  }
}

MetricScraper::~MetricScraper() = default;

std::vector<MetricPoint> MetricScraper::scrape(std::string_view line, std::int64_t at_ms) const {
  std::vector<MetricPoint> points;
  if (compiled_.empty()) return points;
  line = line.substr(0, kScrapedBytesMax);
  std::string escaped;
  if (line.find('\t') != std::string_view::npos) {
    for (const char c : line) {
      if (c == '\t') {
        escaped += "#011";
      } else {
        escaped += c;
      }
    }
  }
  for (const auto& metric : compiled_) {
    auto value = metric->first_in(line);
    if (!value && !escaped.empty()) value = metric->first_in(escaped);
    if (value) points.push_back({metric->name, *value, at_ms});
  }
  return points;
}

std::string metric_line(const MetricPoint& point) {
  const asl::Json document{{"name", point.name}, {"value", point.value}, {"at_ms", point.at_ms}};
  return document.dump(-1, ' ', false, asl::Json::error_handler_t::replace) + "\n";
}

std::vector<MetricPoint> parse_metric_lines(std::string_view text) {
  std::vector<MetricPoint> points;
  while (true) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return points;
    const asl::Json document = asl::Json::parse(text.substr(0, end), nullptr, false);
    text.remove_prefix(end + 1);
    if (!document.is_object() || !document.contains("name") || !document.contains("value") ||
        !document.contains("at_ms"))
      continue;  // a line torn by a crash, followed by later ones
    points.push_back({document["name"], document["value"], document["at_ms"]});
  }
}

}  // namespace pawl::engine
