#include "engine/cli/columns.h"

#include "asl/text.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

using asl::Json;

std::string member_text(const Json& item, const char* member) {
  const auto found = item.find(member);
  if (found == item.end()) return "";
  return found->is_string() ? found->get<std::string>() : asl::to_text(*found);
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string duration_of(const Json& item) {
  const auto found = item.find("durationMs");
  return found == item.end() ? "" : duration_text(found->get<std::int64_t>());
}

}  // namespace pawl::engine
