// Page tokens: opaque to clients, bound to one action and one query, good for 24 hours, and useless
// after a change of a single character.
#pragma once

#include <string>
#include <string_view>

#include "asl/json.h"
#include "asl/timestamp.h"

namespace pawl::engine {

class PageTokens {
 public:
  explicit PageTokens(std::string key) : key_(std::move(key)) {}

  // `scope` names the action and its query: a token works for the query it was made for only.
  std::string make(std::string_view scope, const asl::Json& cursor, asl::Timestamp now) const;
  // Throws InvalidToken: forged, of another query, or too old.
  asl::Json open(std::string_view scope, std::string_view token, asl::Timestamp now) const;

 private:
  std::string seal(std::string_view scope, std::string_view content) const;

  std::string key_;
};

}  // namespace pawl::engine
