#include "engine/api/rest/ranges.h"

#include <charconv>

#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

namespace {

constexpr std::string_view kBytes = "bytes=";

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

Problem outside(std::uint64_t size) {
  Problem problem{.status = 416,
                  .name = "range-not-satisfiable",
                  .title = "Range not satisfiable",
                  .detail = "The document has " + std::to_string(size) + " bytes"};
  problem.headers.set("Content-Range", "bytes */" + std::to_string(size));
  return problem;
}

// Nothing: the whole is to be sent.
std::optional<BytePart> part_of(std::string_view range, std::uint64_t size) {
  if (!range.starts_with(kBytes)) return std::nullopt;
  range.remove_prefix(kBytes.size());
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto first = number_in(range.substr(0, dash));
  const auto last = number_in(range.substr(dash + 1));
  const bool is_open = dash + 1 == range.size();
  if (dash == 0) {  // so many of its end
    if (!last) return std::nullopt;
    if (*last == 0 || size == 0) throw outside(size);
    return BytePart{size - std::min(*last, size), size - 1};
  }
  if (!first || (!last && !is_open) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) throw outside(size);
  return BytePart{*first, std::min(last.value_or(size - 1), size - 1)};
}

}  // namespace

std::optional<BytePart> part_in_range(const RestCall& call,
                                      const std::string& etag,
                                      std::uint64_t size) {
  const std::string_view condition = call.request->headers.get("If-Range");
  if (!condition.empty() && condition != etag) return std::nullopt;
  return part_of(call.request->headers.get("Range"), size);
}

void set_partial(HttpResponse& response, const BytePart& part, std::uint64_t size) {
  response.status = 206;
  response.headers.set("Content-Range",
                       "bytes " + std::to_string(part.first) + "-" + std::to_string(part.last) +
                           "/" + std::to_string(size));
}

void answer_ranged(const RestCall& call, std::string text) {
  HttpResponse response;
  const std::string etag = etag_of_body(text);
  response.headers.set("ETag", etag);
  response.headers.set("Accept-Ranges", "bytes");
  response.headers.set("X-Request-Id", new_uuid());
  if (is_unchanged(call, etag)) {
    response.status = 304;
    return call.respond(std::move(response));
  }
  response.headers.set("Content-Type", "application/json");
  if (const auto part = part_in_range(call, etag, text.size())) {
    set_partial(response, *part, text.size());
    text = text.substr(part->first, part->last - part->first + 1);
  }
  response.body = std::move(text);
  call.respond(std::move(response));
}

}  // namespace pawl::engine::rest
