#include "engine/objects/s3/conditions.h"

#include <algorithm>
#include <limits>

namespace pawl::engine {

namespace {

constexpr std::uint64_t kAnySize = std::numeric_limits<std::int64_t>::max() / 16;

ObjectError condition_failed() {
  return ObjectError(
      "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold");
}

ObjectError not_modified() { return ObjectError("NotModified", 304, "Not Modified"); }

bool matches(std::string_view list, const std::string& etag) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view one = list.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == "*" || unquote_etag(one) == etag) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

// The header's time against the object's, in whole seconds; nullopt: no such header, or no date.
std::optional<bool> modified_since(std::string_view header, const ObjectInfo& info) {
  const std::optional<std::int64_t> time = parse_http_time(header);
  if (!time) return std::nullopt;
  return info.modified_at_ms / 1000 > *time;
}

}  // namespace

void check_read_conditions(const Headers& headers, const ObjectInfo& info) {
  if (headers.has("If-Match")) {
    if (!matches(headers.get("If-Match"), info.etag)) throw condition_failed();
  } else if (modified_since(headers.get("If-Unmodified-Since"), info).value_or(false)) {
    throw condition_failed();
  }
  if (headers.has("If-None-Match")) {
    if (matches(headers.get("If-None-Match"), info.etag)) throw not_modified();
  } else if (!modified_since(headers.get("If-Modified-Since"), info).value_or(true)) {
    throw not_modified();
  }
}

void check_copy_conditions(const Headers& headers, const ObjectInfo& info) {
  constexpr std::string_view kMatch = "x-amz-copy-source-if-match";
  constexpr std::string_view kNoneMatch = "x-amz-copy-source-if-none-match";
  if (headers.has(kMatch)) {
    if (!matches(headers.get(kMatch), info.etag)) throw condition_failed();
  } else if (modified_since(headers.get("x-amz-copy-source-if-unmodified-since"), info)
                 .value_or(false)) {
    throw condition_failed();
  }
  if (headers.has(kNoneMatch)) {
    if (matches(headers.get(kNoneMatch), info.etag)) throw condition_failed();
  } else if (!modified_since(headers.get("x-amz-copy-source-if-modified-since"), info)
                  .value_or(true)) {
    throw condition_failed();
  }
}

WriteCondition write_condition(const Headers& headers) {
  WriteCondition condition;
  if (headers.has("If-None-Match")) {
    // [aws] Writes know no other form.
    if (headers.get("If-None-Match") != "*") {
      throw ObjectError("NotImplemented",
                        501,
                        "A header you provided implies functionality that is not implemented");
    }
    condition.absent = true;
  }
  condition.etag = unquote_etag(headers.get("If-Match"));
  return condition;
}

std::optional<Span> read_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view from_text = header.substr(0, dash);
  const std::string_view to_text = header.substr(dash + 1);
  const std::optional<std::uint64_t> from = parse_number(from_text, kAnySize);
  const std::optional<std::uint64_t> to = parse_number(to_text, kAnySize);
  if ((!from && !from_text.empty()) || (!to && !to_text.empty()) || (!from && !to))
    return std::nullopt;
  if (from && to && *from > *to) return std::nullopt;
  const ObjectError invalid("InvalidRange", 416, "The requested range is not satisfiable");
  if (!from) {
    const std::uint64_t length = std::min(*to, size);
    if (length == 0) throw invalid;
    return Span{size - length, length};
  }
  if (*from >= size) throw invalid;
  const std::uint64_t last = to ? std::min(*to, size - 1) : size - 1;
  return Span{*from, last - *from + 1};
}

}  // namespace pawl::engine
