#include "engine/api/arn.h"

#include <cstddef>
#include <vector>

namespace pawl::engine {
namespace {

std::string prefix_of(const ArnConfig& config) {
  return "arn:" + config.partition + ":states:" + config.region + ":" + config.account + ":";
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = text.find(separator, start);
    parts.push_back(text.substr(start, end - start));
    if (end == std::string::npos) return parts;
    start = end + 1;
  }
}

bool is_known_type(std::string_view type) {
  return type == "stateMachine" || type == "execution" || type == "express" || type == "activity" ||
         type == "mapRun";
}

// The code point at `position`, which moves past it. The texts come from checked JSON, so they are
// valid UTF-8; a stray byte counts as itself.
char32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto first = static_cast<unsigned char>(text[position++]);
  std::size_t more = 0;
  char32_t value = first;
  if (first >= 0xF0) {
    more = 3;
    value = first & 0x07U;
  } else if (first >= 0xE0) {
    more = 2;
    value = first & 0x0FU;
  } else if (first >= 0xC0) {
    more = 1;
    value = first & 0x1FU;
  }
  for (; more > 0 && position < text.size(); --more) {
    value = (value << 6U) | (static_cast<unsigned char>(text[position++]) & 0x3FU);
  }
  return value;
}

bool is_forbidden(char32_t c) {
  constexpr std::u32string_view kPunctuation = U"<>{}[]?*\"#%\\^|~`$&,;:/";
  if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return true;
  if (c == 0xFFFE || c == 0xFFFF || c == 0x10FFFF) return true;  // [documented]
  const bool is_space = c == 0x20 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
                        c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
  return is_space || kPunctuation.find(c) != std::u32string_view::npos;
}

}  // namespace

std::string state_machine_arn(const ArnConfig& config, std::string_view name) {
  return prefix_of(config) + "stateMachine:" + std::string(name);
}

std::string execution_arn(const ArnConfig& config,
                          std::string_view machine,
                          std::string_view execution) {
  return prefix_of(config) + "execution:" + std::string(machine) + ":" + std::string(execution);
}

std::string express_arn(const ArnConfig& config,
                        std::string_view machine,
                        std::string_view execution,
                        std::string_view id) {
  return prefix_of(config) + "express:" + std::string(machine) + ":" + std::string(execution) +
         ":" + std::string(id);
}

std::string activity_arn(const ArnConfig& config, std::string_view name) {
  return prefix_of(config) + "activity:" + std::string(name);
}

ServiceError invalid_arn(const std::string& why) {
  return {"InvalidArn", "Invalid Arn: '" + why + "'"};
}

std::string StatesArn::without_label() const {
  if (label.empty()) return text;
  std::string plain = text;
  return plain.erase(plain.find('/'), label.size() + 1);
}

StatesArn parse_arn(const std::string& text) {
  // [seen] "Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'"
  if (!text.starts_with("arn:")) throw invalid_arn("Invalid ARN prefix: " + text);
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() < 7 || parts[1].empty()) throw invalid_arn("Invalid ARN: " + text);
  if (parts[2] != "states") {
    throw invalid_arn("Service not valid in this context: " + parts[2]);
  }
  StatesArn arn;
  arn.text = text;
  arn.type = parts[5];
  if (!is_known_type(arn.type)) {
    throw invalid_arn("Resource type not valid in this context: " + arn.type);
  }
  arn.name = parts[6];
  const std::size_t slash = arn.name.find('/');
  if (slash != std::string::npos) {
    arn.label = arn.name.substr(slash + 1);
    arn.name.resize(slash);
  }
  for (std::size_t i = 7; i < parts.size(); ++i) {
    arn.qualifier += (i > 7 ? ":" : "") + parts[i];
  }
  const bool needs_qualifier = arn.type == "execution" || arn.type == "express";
  if (arn.name.empty() || (needs_qualifier && arn.qualifier.empty())) {
    throw invalid_arn("Invalid ARN: " + text);
  }
  return arn;
}

StatesArn parse_arn(const std::string& text, std::string_view type) {
  StatesArn arn = parse_arn(text);
  // [seen] "Invalid Arn: 'Resource type not valid in this context: express'"
  if (arn.type != type) {
    throw invalid_arn("Resource type not valid in this context: " + arn.type);
  }
  return arn;
}

bool is_valid_name(std::string_view name) {
  std::size_t position = 0;
  int count = 0;
  while (position < name.size()) {
    if (is_forbidden(next_code_point(name, position))) return false;
    ++count;
  }
  return count >= 1 && count <= 80;
}

}  // namespace pawl::engine
