// Cases that are data: tests/conformance/<folder>/<name>.json.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "asl/text.h"
#include "tests/places.h"

namespace pawl::asl {

inline Json cases(const std::string& name) {
  std::ifstream file(std::string(test::kSourceFolder) + "/tests/conformance/" + name);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto parsed = parse_text(text);
  if (const auto* error = std::get_if<TextError>(&parsed)) {
    ADD_FAILURE() << name << ":" << error->line << ": " << error->message;
    return Json::array();
  }
  EXPECT_FALSE(std::get<Json>(parsed).empty()) << name;
  return std::get<Json>(std::move(parsed));
}

inline Json json_of(std::string_view text) {
  auto parsed = parse_text(text);
  EXPECT_TRUE(std::holds_alternative<Json>(parsed)) << text;
  return std::holds_alternative<Json>(parsed) ? std::get<Json>(std::move(parsed)) : Json();
}

}  // namespace pawl::asl
