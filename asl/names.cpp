#include "asl/names.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>

#include "asl/text.h"

namespace pawl::asl {
namespace {

// [spec] Variable names are Unicode identifiers: https://www.unicode.org/reports/tr31/
class IdentifierPattern {
 public:
  IdentifierPattern() {
    constexpr const char* kPattern = R"(\A[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*\z)";
    int error = 0;
    PCRE2_SIZE offset = 0;
    code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(kPattern),
                              PCRE2_ZERO_TERMINATED,
                              PCRE2_UTF | PCRE2_UCP,
                              &error,
                              &offset,
                              nullptr));
  }

  bool matches(std::string_view text) const {
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match(
        pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
    return pcre2_match(code_.get(),
                       reinterpret_cast<PCRE2_SPTR>(text.data()),
                       text.size(),
                       0,
                       0,
                       match.get(),
                       nullptr) >= 0;
  }

 private:
  std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code_{nullptr, &pcre2_code_free};
};

// [aws] Not allowed in names: white space, brackets, wildcards, some special characters, control
// characters.
bool is_allowed_in_label(std::string_view label) {
  constexpr std::string_view kForbidden = " \t\r\n<>{}[]?*\"#%\\^|~`$&,;:/";
  for (std::size_t i = 0; i < label.size(); ++i) {
    const auto byte = static_cast<unsigned char>(label[i]);
    if (byte < 0x20 || byte == 0x7F || kForbidden.find(label[i]) != std::string_view::npos) {
      return false;
    }
    // U+0080 to U+009F, the second set of control characters, are C2 80 to C2 9F.
    if (byte == 0xC2 && i + 1 < label.size() && static_cast<unsigned char>(label[i + 1]) < 0xA0) {
      return false;
    }
  }
  return true;
}

std::string limit_text(std::string_view what, std::string_view name, std::size_t limit) {
  return std::string(what) + " '" + std::string(name) + "' exceeds the " + std::to_string(limit) +
         "-character limit allowed by the service";
}

}  // namespace

std::optional<NameFault> state_name_fault(std::string_view name) {
  if (utf16_length(name) <= kStateNameCharactersMax) return std::nullopt;
  return NameFault{"INVALID_STATE_NAME", limit_text("State name", name, kStateNameCharactersMax)};
}

std::optional<NameFault> label_fault(std::string_view label) {
  constexpr const char* kCode = "INVALID_LABEL_NAME";
  if (label.empty()) return NameFault{kCode, "Label name cannot be empty"};
  if (utf16_length(label) > kLabelCharactersMax) {
    return NameFault{kCode, limit_text("Label name", label, kLabelCharactersMax)};
  }
  if (!is_allowed_in_label(label)) {
    return NameFault{kCode, "Label name '" + std::string(label) + "' contains invalid characters"};
  }
  return std::nullopt;
}

std::optional<NameFault> variable_name_fault(const std::string& name) {
  if (name == "states") {
    return NameFault{"RESERVED_VARIABLE_NAME", "Cannot assign to reserved variable '$states'."};
  }
  static const IdentifierPattern kIdentifier;
  const std::string start = "Invalid variable name '" + name + "': the variable name ";
  if (!kIdentifier.matches(name)) {
    return NameFault{"INVALID_VARIABLE_NAME", start + "contains invalid characters."};
  }
  if (utf16_length(name) > kVariableNameCharactersMax) {
    return NameFault{"INVALID_VARIABLE_NAME",
                     start + "exceeds the 80-character limit allowed by the service."};
  }
  return std::nullopt;
}

}  // namespace pawl::asl
