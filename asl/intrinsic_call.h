// "States.Format('{}', $.a)": parsed once, evaluated often. Internal to asl/template*.cpp.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/intrinsics.h"
#include "asl/meter.h"
#include "asl/path.h"

namespace pawl::asl {

struct IntrinsicCall {
  using Argument = std::variant<Json, Path, IntrinsicCall>;

  const Intrinsic* function = nullptr;
  std::vector<Argument> arguments;
};

// Nullopt when `text` is no call of a known function.
std::optional<IntrinsicCall> parse_intrinsic_call(std::string_view text);

// `text` is the whole expression as written, which the causes quote.
Result<Json> evaluate_intrinsic_call(const IntrinsicCall& call,
                                     std::string_view text,
                                     const Documents& documents,
                                     Meter& meter);

void collect_variables(const IntrinsicCall& call, std::vector<std::string>& names);

}  // namespace pawl::asl
