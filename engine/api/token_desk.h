// The tokens that let clients in, as far as the API hands them out and takes them back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "asl/timestamp.h"
#include "engine/http/access.h"

namespace pawl::engine {

struct TokenRow {
  std::string name;
  Scope scope = Scope::kRead;
  asl::Timestamp created_at{};
  std::optional<asl::Timestamp> expires_at;  // nullopt: never
};

// Thread-safe. Throws std::runtime_error when what it keeps them in cannot be read or written.
class TokenDesk {
 public:
  virtual ~TokenDesk() = default;

  virtual std::vector<TokenRow> list() = 0;
  // The text of the new token, which is not to be had again; nothing: the name is taken.
  // REQUIRES: the name is one of [A-Za-z0-9._-]{1,80}.
  virtual std::optional<std::string> create(const TokenRow& wanted) = 0;
  // False when there is none of this name.
  virtual bool revoke(const std::string& name) = 0;
};

}  // namespace pawl::engine
