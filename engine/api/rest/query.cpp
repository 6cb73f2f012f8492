#include "engine/api/rest/query.h"

#include <charconv>
#include <map>
#include <string_view>

#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

std::optional<std::int64_t> duration_in_query(const RestCall& call, const char* parameter) {
  static const std::map<std::string_view, std::int64_t> kUnits = {
      {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  constexpr std::int64_t kCountMax = 1'000'000'000;
  const auto text = call.request->query_value(parameter);
  if (!text) return std::nullopt;
  std::int64_t count = 0;
  const char* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, count);
  const auto unit = kUnits.find(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  if (error != std::errc() || unit == kUnits.end() || count < 1 || count > kCountMax) {
    throw bad_field(std::string("?") + parameter,
                    "A length of time is expected: 500ms, 90s, 5m, 12h or 1d");
  }
  return count * unit->second;
}

std::optional<asl::Timestamp> time_in_query(const RestCall& call, const char* parameter) {
  const auto text = call.request->query_value(parameter);
  if (!text) return std::nullopt;
  const auto time = asl::parse_timestamp(*text);
  if (!time) {
    throw bad_field(std::string("?") + parameter, "An RFC 3339 timestamp is expected");
  }
  return time;
}

std::size_t number_in_query(const RestCall& call, const char* parameter, const NumberRange& range) {
  const auto text = call.request->query_value(parameter);
  if (!text) return range.otherwise;
  std::size_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end || number < range.least || number > range.most) {
    throw bad_field(std::string("?") + parameter,
                    "A number from " + std::to_string(range.least) + " to " +
                        std::to_string(range.most) + " is expected");
  }
  return number;
}

bool flag_in_query(const RestCall& call, const char* parameter) {
  const std::string text = call.request->query_value(parameter).value_or("false");
  if (text != "true" && text != "false") {
    throw bad_field(std::string("?") + parameter, "true or false is expected");
  }
  return text == "true";
}

}  // namespace pawl::engine::rest
