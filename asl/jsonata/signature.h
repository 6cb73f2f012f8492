// Function signatures: "<s-nn?:s>" -> a check that fits arguments to parameters.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "asl/jsonata/arguments.h"

namespace pawl::asl::jsonata {

struct Parameter {
  std::string symbols;     // the types it takes; 'm' is undefined
  std::uint32_t mask = 0;  // the same, a bit for each letter
  char type = '\0';        // '(' for a choice
  std::string subtype;
  bool is_optional = false;
  bool is_repeated = false;
  bool takes_context = false;
};

struct Signature {
  std::vector<Parameter> parameters;

  // Fails with S0401 or S0402; the position is relative to `text`.
  static std::shared_ptr<const Signature> parse(std::string_view text);
  // The arguments as the function gets them: the context put in where one is missing, single values
  // put into arrays. Fails with T0410, T0411 or T0412.
  Arguments fit(Arguments arguments, const Value& context) const;

 private:
  bool fits_directly(const Arguments& arguments, const Value& context) const;
};

}  // namespace pawl::asl::jsonata
