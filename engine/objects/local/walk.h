// Walks a bucket's folder in order of keys, reading only the folders that the page needs.
#pragma once

#include <string>
#include <vector>

#include "engine/objects/local/names.h"

namespace pawl::engine {

struct ListRequest {
  std::string prefix;
  std::string delimiter;
  std::string after;
  std::size_t max = 0;
};

struct ListedNames {
  std::vector<std::string> keys;
  std::vector<std::string> common_prefixes;
  std::string next;
};

ListedNames walk_bucket(const std::string& folder,
                        const ListRequest& request,
                        const LongNames& long_names);

}  // namespace pawl::engine
