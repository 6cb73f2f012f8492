// How the model registry keeps what it has. Private to it.
#pragma once

#include <cstdint>
#include <string>

namespace pawl::engine {

inline constexpr const char* kPackageGroupRecord = "model-package-group";
inline constexpr const char* kPackageRecord = "model-package";
inline constexpr const char* kModelAliasRecord = "model-alias";
// Of a group: the highest version number that a package was deleted with, or that is known to have
// been given. A package that is there may have a higher one.
inline constexpr const char* kLastVersion = "_LastVersion";

// "digits/3": a version among packages. The group in lower case.
inline std::string version_key(const std::string& group_key, std::int64_t version) {
  return group_key + "/" + std::to_string(version);
}

}  // namespace pawl::engine
