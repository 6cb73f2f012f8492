#include "engine/objects/local/side_file.h"

#include "asl/json.h"

namespace pawl::engine {

namespace {

using asl::Json;

Json strings(const std::map<std::string, std::string>& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = value;
  return object;
}

std::map<std::string, std::string> read_strings(const Json& object) {
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : object.items()) values[name] = value.get<std::string>();
  return values;
}

}  // namespace

std::string encode_side_file(const std::string& key, const std::vector<SideRecord>& records) {
  Json list = Json::array();
  for (const SideRecord& record : records) {
    list.push_back({{"size", record.stamp.size},
                    {"mtime_ns", record.stamp.mtime_ns},
                    {"etag", record.etag},
                    {"content_type", record.content_type},
                    {"metadata", strings(record.metadata)},
                    {"headers", strings(record.headers)}});
  }
  const Json document = {{"key", key}, {"records", list}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<SideRecord> decode_side_file(std::string_view text) {
  std::vector<SideRecord> records;
  try {
    const Json document = Json::parse(text);
    for (const Json& entry : document.at("records")) {
      SideRecord record;
      record.stamp.size = entry.at("size").get<std::uint64_t>();
      record.stamp.mtime_ns = entry.at("mtime_ns").get<std::int64_t>();
      record.etag = entry.at("etag").get<std::string>();
      record.content_type = entry.at("content_type").get<std::string>();
      record.metadata = read_strings(entry.at("metadata"));
      record.headers = read_strings(entry.at("headers"));
      records.push_back(std::move(record));
    }
  } catch (const Json::exception&) {
    records.clear();
  }
  return records;
}

std::optional<SideRecord> record_for(const std::vector<SideRecord>& records,
                                     const FileStamp& stamp) {
  for (const SideRecord& record : records) {
    if (record.stamp == stamp) return record;
  }
  return std::nullopt;
}

}  // namespace pawl::engine
