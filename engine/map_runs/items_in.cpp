#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "asl/errors.h"
#include "engine/map_runs/map_runner.h"

namespace pawl::engine {

namespace {

using asl::Json;

// The readers read files; this one goes with the object.
class PassingFile {
 public:
  PassingFile(const std::string& folder, const std::string& bytes)
      : path_(folder + "/given-XXXXXX") {
    std::filesystem::create_directories(folder);
    const int file = ::mkstemp(path_.data());
    if (file < 0) throw std::runtime_error("cannot make a file in " + folder);
    ::close(file);
    std::ofstream out(path_, std::ios::binary);
    if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush()) {
      std::remove(path_.c_str());
      throw std::runtime_error("cannot write " + path_);
    }
  }
  PassingFile(const PassingFile&) = delete;
  PassingFile& operator=(const PassingFile&) = delete;
  ~PassingFile() { std::remove(path_.c_str()); }

  ItemFile file() const { return {path_, "", "", nullptr}; }

 private:
  std::string path_;
};

// What no text can hold, and what leads to further files, is given as the JSON of its items.
Json config_for_text(const Json& config) {
  const std::string type = config_text(config, "InputType");
  return type == "PARQUET" || type == "MANIFEST" ? Json::object() : config;
}

}  // namespace

asl::Result<asl::Payload> MapRunner::items_in(const std::string& bytes, const Json& reader_config) {
  const PassingFile given(tools_.folder, bytes);
  const ItemFile file = given.file();
  Json items = Json::array();
  try {
    const auto source = read_items(file, config_for_text(reader_config));
    while (auto item = source->next()) {
      if (!item->key) {
        items.push_back(std::move(item->value));
        continue;
      }
      Json member = Json::object();
      member["Key"] = *std::move(item->key);
      member["Value"] = std::move(item->value);
      items.push_back(std::move(member));
    }
  } catch (const ReaderFault& fault) {
    return asl::StateError{asl::errors::kItemReaderFailed, fault.what()};
  }
  return asl::Payload::of(std::move(items));
}

}  // namespace pawl::engine
