#include <array>
#include <stdexcept>

#include "engine/store/backends.h"

namespace pawl::engine {

namespace {

struct Backend {
  std::string_view scheme;
  std::unique_ptr<Store> (*open)(const std::string& where);
};

constexpr std::array kBackends = {
    Backend{"memory", open_memory_store},
    Backend{"sqlite", open_sqlite_store},
};

}  // namespace

std::unique_ptr<Store> open_store(const std::string& url) {
  const std::size_t colon = url.find(':');
  const std::string scheme = url.substr(0, colon);
  for (const Backend& backend : kBackends) {
    if (colon != std::string::npos && backend.scheme == scheme) {
      return backend.open(url.substr(colon + 1));
    }
  }
  throw std::runtime_error("no store of the kind '" + scheme + "' (of the URL '" + url +
                           "'); there are: memory, sqlite");
}

}  // namespace pawl::engine
