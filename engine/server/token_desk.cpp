#include "engine/server/token_desk.h"

#include <algorithm>

namespace pawl::engine {

std::vector<TokenRow> FileTokenDesk::list() {
  std::vector<TokenRow> rows;
  for (const Token& token : file_.list()) {
    rows.push_back({token.name, token.scope, token.created_at, token.expires_at});
  }
  return rows;
}

std::optional<std::string> FileTokenDesk::create(const TokenRow& wanted) {
  const auto tokens = file_.list();
  const bool is_taken = std::any_of(
      tokens.begin(), tokens.end(), [&](const Token& token) { return token.name == wanted.name; });
  if (is_taken) return std::nullopt;
  return file_.create({wanted.name, wanted.scope, wanted.created_at, wanted.expires_at});
}

}  // namespace pawl::engine
