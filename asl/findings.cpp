#include "asl/findings.h"

#include <algorithm>
#include <utility>

namespace pawl::asl {
namespace {

void append_escaped(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

bool is_index(std::string_view token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void Place::write_location(std::string& out) const {
  if (parent_ == nullptr) return;
  parent_->write_location(out);
  if (is_element_) {
    out += '[';
    out += std::to_string(index_);
    out += ']';
  } else {
    out += '/';
    out += member_;
  }
}

std::string Place::location() const {
  std::string out;
  write_location(out);
  return out.empty() ? "/" : out;
}

void Place::write_pointer(std::string& out) const {
  if (parent_ == nullptr) return;
  parent_->write_pointer(out);
  out += '/';
  if (is_element_) {
    out += std::to_string(index_);
  } else {
    append_escaped(out, member_);
  }
}

std::string Place::pointer() const {
  std::string out;
  write_pointer(out);
  return out;
}

bool Findings::has_room(Severity severity) {
  std::size_t& count = severity == Severity::kError ? errors_ : warnings_;
  return ++count <= kEachMax;
}

void Findings::error(const Place& place, const char* code, std::string message) {
  if (!has_room(Severity::kError)) return;
  diagnostics_.push_back(
      {Severity::kError, code, std::move(message), place.location(), place.pointer(), false});
}

void Findings::warning(const Place& place, const char* code, std::string message) {
  if (!has_room(Severity::kWarning)) return;
  diagnostics_.push_back(
      {Severity::kWarning, code, std::move(message), place.location(), place.pointer(), false});
}

void Findings::our_warning(const Place& place, const char* code, std::string message) {
  if (!has_room(Severity::kWarning)) return;
  diagnostics_.push_back(
      {Severity::kWarning, code, std::move(message), place.location(), place.pointer(), true});
}

void Findings::add(Diagnostic diagnostic) {
  if (has_room(diagnostic.severity)) diagnostics_.push_back(std::move(diagnostic));
}

std::string location_of(const Place& base, std::string_view pointer) {
  std::string out = base.location();
  if (out == "/") out.clear();
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string_view token = pointer.substr(0, end);
    if (is_index(token)) {
      out += '[' + std::string(token) + ']';
    } else {
      out += '/' + unescaped(token);
    }
    pointer.remove_prefix(end);
  }
  return out.empty() ? "/" : out;
}

}  // namespace pawl::asl
