#include "engine/logs/requests.h"

#include "asl/text.h"
#include "engine/http/hash.h"

namespace pawl::engine::logs {
namespace {

using asl::Json;

constexpr std::size_t kSealHexDigits = 16;

std::string seal_of(const std::string& purpose, const std::string& content) {
  return hash::hex(hash::sha256(purpose + '\n' + content)).substr(0, kSealHexDigits);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Empty when it is no hexadecimal text.
std::string from_hex(std::string_view text) {
  std::string bytes;
  if (text.size() % 2 != 0) return bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace

std::string string_of(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found == request.end() ? std::string() : found->get<std::string>();
}

std::int64_t number_of(const Json& request, const char* name, std::int64_t absent) {
  const auto found = request.find(name);
  return found == request.end() ? absent : found->get<std::int64_t>();
}

bool flag_of(const Json& request, const char* name, bool absent) {
  const auto found = request.find(name);
  return found == request.end() ? absent : found->get<bool>();
}

ServiceError invalid(const std::string& message) { return {"InvalidParameterException", message}; }

ServiceError missing(const char* what) {
  return {"ResourceNotFoundException",
          std::string("The specified log ") + what + " does not exist."};
}

ServiceError exists(const char* what) {
  return {"ResourceAlreadyExistsException",
          std::string("The specified log ") + what + " already exists"};
}

std::string group_named_by(const std::string& identifier) {
  std::string group = identifier;
  constexpr std::string_view kMark = ":log-group:";
  const std::size_t mark = group.find(kMark);
  if (mark != std::string::npos) group.erase(0, mark + kMark.size());
  return group;
}

std::string require_group(const LogFiles& files, const Json& request) {
  const std::string name = string_of(request, "logGroupName");
  const std::string identifier = string_of(request, "logGroupIdentifier");
  if (!name.empty() && !identifier.empty()) {
    // [seen] of DescribeLogStreams; documented as an InvalidParameterException
    throw ServiceError{"ValidationException",
                       "LogGroup name and LogGroup ARN are mutually exclusive parameters."};
  }
  if (name.empty() && identifier.empty()) {
    throw invalid("Either logGroupName or logGroupIdentifier is required.");
  }
  std::string group = name.empty() ? group_named_by(identifier) : name;
  if (group.empty() || !files.has_group(group)) throw missing("group");
  return group;
}

std::string require_stream(const LogFiles& files, const std::string& group, const Json& request) {
  std::string stream = string_of(request, "logStreamName");
  if (!files.has_stream(group, stream)) throw missing("stream");
  return stream;
}

std::string seal_token(const std::string& purpose, const Json& content) {
  const std::string text = asl::to_text(content);
  return seal_of(purpose, text) + hash::hex(text);
}

Json open_token(const std::string& purpose, const std::string& token) {
  const ServiceError refusal = invalid("The specified nextToken is invalid.");  // [seen]
  if (token.size() <= kSealHexDigits) throw refusal;
  const std::string text = from_hex(std::string_view(token).substr(kSealHexDigits));
  if (text.empty() || !hash::equal(token.substr(0, kSealHexDigits), seal_of(purpose, text))) {
    throw refusal;
  }
  auto parsed = asl::parse_text(text);
  auto* content = std::get_if<Json>(&parsed);
  if (content == nullptr) throw refusal;
  return std::move(*content);
}

}  // namespace pawl::engine::logs
