// What the checks of a definition find, and where: collected while reading, reported all at once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "asl/parse.h"

namespace pawl::asl {

// A spot in the definition: the top, a member of an object or an element of an array. Borrows its
// parent and its name, so that walking a definition allocates nothing; text is made only for a
// finding.
class Place {
 public:
  Place() = default;  // the top
  Place(const Place& parent, std::string_view member) : parent_(&parent), member_(member) {}
  Place(const Place& parent, std::size_t index)
      : parent_(&parent), index_(index), is_element_(true) {}

  // [seen] AWS's grammar: "/States/C/Choices[0]/Next", names as they are, "/" for the top.
  std::string location() const;
  // RFC 6901, escaped.
  std::string pointer() const;

 private:
  void write_location(std::string& out) const;
  void write_pointer(std::string& out) const;

  const Place* parent_ = nullptr;
  std::string_view member_;
  std::size_t index_ = 0;
  bool is_element_ = false;
};

inline constexpr const char* kSchemaValidationFailed = "SCHEMA_VALIDATION_FAILED";

// The findings of one definition. Errors and warnings are bounded apart, so that neither crowds out
// the other.
class Findings {
 public:
  // [pawl] AWS reports at most 100 at a time; this bounds the memory a hostile definition can take.
  static constexpr std::size_t kEachMax = 1000;

  void error(const Place& place, std::string message) {
    error(place, kSchemaValidationFailed, std::move(message));
  }
  void error(const Place& place, const char* code, std::string message);
  void warning(const Place& place, const char* code, std::string message);
  void our_warning(const Place& place, const char* code, std::string message);
  // For findings that are not at a Place: without a location, or with one of another grammar.
  void add(Diagnostic diagnostic);

  bool has_error() const { return errors_ > 0; }
  std::vector<Diagnostic> take() { return std::move(diagnostics_); }

 private:
  bool has_room(Severity severity);

  std::vector<Diagnostic> diagnostics_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

// "/And/0/Variable", relative to the value at `base`, in AWS's grammar: numbers are indexes of
// arrays.
std::string location_of(const Place& base, std::string_view pointer);

}  // namespace pawl::asl
