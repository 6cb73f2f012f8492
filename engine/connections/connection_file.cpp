#include "engine/connections/connection_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "asl/text.h"
#include "engine/files/files.h"

namespace pawl::engine {
namespace {

using asl::Json;

[[noreturn]] void fail(const std::string& file, const std::string& why) {
  throw std::runtime_error("the connections in " + file + " cannot be " + why);
}

}  // namespace

Json read_connections(const std::string& file) {
  std::ifstream in(file);
  if (!in) {
    if (std::filesystem::exists(file)) fail(file, "read");
    return Json::array();
  }
  std::ostringstream text;
  text << in.rdbuf();
  auto parsed = asl::parse_text(text.str());
  Json* document = std::get_if<Json>(&parsed);
  if (document == nullptr || !document->is_object() || !document->contains("connections") ||
      !document->at("connections").is_array()) {
    fail(file, "read: it is not as they were written");
  }
  return document->at("connections");
}

void write_connections(const std::string& file, const Json& connections) {
  try {
    replace_file(file,
                 asl::to_text({{"connections", connections}}) + "\n",
                 {.mode = 0600, .scratch = file + ".new"});
  } catch (const std::system_error& error) {
    fail(file, "written: " + error.code().message());
  }
}

}  // namespace pawl::engine
