// The built-in functions, by family.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "asl/jsonata/function.h"
#include "asl/jsonata/jsonata.h"

namespace pawl::asl::jsonata {

// Undefined when there is none of this name.
Value builtin_function(std::string_view name, Mode mode);

std::span<const Builtin> string_functions();
std::span<const Builtin> match_functions();
std::span<const Builtin> number_functions();
std::span<const Builtin> array_functions();
std::span<const Builtin> object_functions();
std::span<const Builtin> higher_order_functions();
std::span<const Builtin> time_functions();
std::span<const Builtin> plain_functions();  // not in Step Functions
std::span<const Builtin> aws_functions();    // what it adds

// What several families share.
std::string string_of(Evaluator& evaluator, const Value& value);
Value lookup_member(Evaluator& evaluator, const Value& value, std::string_view name);
Value match_object(Evaluator& evaluator,
                   const Pattern& pattern,
                   const Value& text,
                   std::size_t offset);
// True when `text` is one that the pattern matches.
bool matches(Evaluator& evaluator, const Pattern& pattern, const Value& text);

// formats
std::string format_number(const Value& number, const std::string& picture, const Value& options);
std::string format_integer(double number, const std::string& picture);
Value parse_integer(const std::string& text, const std::string& picture);
std::string format_time(std::int64_t millis,
                        const std::optional<std::string>& picture,
                        const std::optional<std::string>& zone);
Value parse_time(const std::string& text,
                 const std::optional<std::string>& picture,
                 std::int64_t now);

}  // namespace pawl::asl::jsonata
