#include "engine/aws/sdk_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace pawl::engine {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit_char(char c) { return c >= '0' && c <= '9'; }
bool is_letter_char(char c) { return is_upper(c) || is_lower(c); }
char as_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
char as_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// "SESv2" -> "SES v2", "ApiGatewayV2" -> "ApiGateway V2": a version is a word of its own.
bool begins_version(std::string_view text, std::size_t at) {
  if (at < 2 || at + 1 >= text.size() || !is_digit_char(text[at + 1])) return false;
  if (text[at] == 'v') return !is_lower(text[at - 1]) && !is_lower(text[at - 2]);
  return text[at] == 'V' && !is_upper(text[at - 1]) && !is_upper(text[at - 2]);
}

// "DynamoDB" -> "Dynamo DB": where a capital begins a word after a small letter.
bool begins_camel_word(std::string_view text, std::size_t at) {
  if (at == 0 || at + 1 >= text.size()) return false;
  return is_lower(text[at - 1]) && is_upper(text[at]) &&
         (is_letter_char(text[at + 1]) || is_digit_char(text[at + 1]));
}

// "ACMSuccess" -> "ACM Success".
bool ends_acronym(std::string_view text, std::size_t at) {
  return at > 0 && at + 1 < text.size() && is_upper(text[at - 1]) && is_upper(text[at]) &&
         is_lower(text[at + 1]) && !begins_version(text, at + 1);
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!is_letter_char(c) && !is_digit_char(c)) {
      words.emplace_back();
      continue;
    }
    const bool after_number = at > 0 && is_digit_char(text[at - 1]) && is_letter_char(c);
    if (begins_version(text, at) || begins_camel_word(text, at) || ends_acronym(text, at) ||
        after_number) {
      words.emplace_back();
    }
    words.back() += c;
  }
  std::erase(words, "");
  return words;
}

void drop_head(std::string& name, std::string_view head) {
  if (name.starts_with(head) && name.size() > head.size()) name.erase(0, head.size());
}

// Java's own words, and the methods that every object has.
constexpr std::array<std::string_view, 57> kReservedInJava = {
    "abstract", "assert",     "boolean",  "break",     "byte",     "case",      "catch",
    "char",     "class",      "const",    "continue",  "default",  "do",        "double",
    "else",     "enum",       "equals",   "extends",   "false",    "final",     "finally",
    "float",    "for",        "getClass", "goto",      "hashCode", "if",        "implements",
    "import",   "instanceof", "int",      "interface", "long",     "native",    "new",
    "notify",   "notifyAll",  "null",     "package",   "private",  "protected", "public",
    "return",   "short",      "static",   "strictfp",  "super",    "switch",    "synchronized",
    "this",     "throw",      "toString", "transient", "true",     "try",       "void",
    "volatile"};

std::string pascal_case(std::string_view text) {
  std::string name;
  for (const std::string& word : words_in(text)) {
    name += as_upper(word.front());
    for (const char c : word.substr(1)) name += as_lower(c);
  }
  return name;
}

}  // namespace

std::string sdk_service_name(std::string_view service_id) {
  std::string name = pascal_case(service_id);
  drop_head(name, "Amazon");
  drop_head(name, "Aws");
  constexpr std::string_view kService = "Service";
  if (name.ends_with(kService) && name.size() > kService.size())
    name.resize(name.size() - kService.size());
  return name;
}

std::string sdk_member_name(std::string_view member) {
  if (member.empty()) return {};
  // The leading capitals become small, but for one that begins a word: "ETag" -> "eTag".
  std::string name(member);
  std::size_t at = 0;
  do {
    name[at] = as_lower(name[at]);
    ++at;
  } while (at < name.size() && is_upper(name[at]) &&
           !(at + 1 < name.size() && is_lower(name[at + 1])));
  if (std::find(kReservedInJava.begin(), kReservedInJava.end(), name) != kReservedInJava.end())
    name += "Value";
  name.front() = as_upper(name.front());
  return name;
}

std::string sdk_exception_name(std::string_view shape) {
  constexpr std::string_view kFault = "Fault";
  constexpr std::string_view kException = "Exception";
  if (shape.ends_with(kFault)) shape.remove_suffix(kFault.size());
  std::string name = pascal_case(shape);
  if (!name.ends_with(kException)) name += kException;
  return name;
}

}  // namespace pawl::engine
