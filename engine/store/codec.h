// Fact <-> what a row of the journal holds: a type code, at most one payload, and the rest as
// compact JSON. The codes and member names are the format on disk: never reuse one, only add.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "states/event.h"

namespace pawl::engine {

// A row that this version does not understand: an unknown code, a member it does not know, a member
// that is missing.
struct CodecError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct EncodedFact {
  std::int64_t type = 0;  // ten times the fact's code, plus its StateType or TaskKind
  std::optional<asl::Payload> payload;
  std::string details;  // a JSON object, or empty when there is nothing to say
};

EncodedFact encode(const states::Fact& fact);
// Throws CodecError.
states::Fact decode(std::int64_t type,
                    const std::optional<asl::Payload>& payload,
                    std::string_view details);

// Every type code with the name that event_type() gives it, in order of code.
struct TypeName {
  std::int64_t type = 0;
  std::string name;
  bool is_private = false;
};
std::vector<TypeName> type_names();

}  // namespace pawl::engine
