// The tokens of the data folder, for the API.
#pragma once

#include <string>

#include "engine/api/token_desk.h"
#include "engine/security/tokens.h"

namespace pawl::engine {

// Thread-safe. Whoever else has the file open (security.h, `pawl token`) notices what changes.
class FileTokenDesk final : public TokenDesk {
 public:
  explicit FileTokenDesk(std::string path) : file_(std::move(path)) {}

  std::vector<TokenRow> list() override;
  std::optional<std::string> create(const TokenRow& wanted) override;
  bool revoke(const std::string& name) override { return file_.revoke(name); }

 private:
  TokenFile file_;
};

}  // namespace pawl::engine
