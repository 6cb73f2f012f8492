// How Java prints a value: what States.Format puts in for an object, and what Jayway's messages
// quote.
#pragma once

#include <string>

#include "asl/json.h"

namespace pawl::asl {

// [seen] An object as a java.util.Map prints, "{Arg1=1, Arg2=[]}"; strings bare; null as "null".
std::string to_java_text(const Json& value);

}  // namespace pawl::asl
