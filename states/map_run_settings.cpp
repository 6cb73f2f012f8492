#include "states/map_run_settings.h"

namespace pawl::states {
namespace {

template <class T>
void put_number(Json& out, const char* name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

template <class T>
std::optional<T> number_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return std::nullopt;
  return found->get<T>();
}

}  // namespace

Json to_json(const MapRunSettings& settings) {
  Json out = Json::object();
  out["maxConcurrency"] = settings.max_concurrency;
  put_number(out, "toleratedFailureCount", settings.tolerance.count);
  put_number(out, "toleratedFailurePercentage", settings.tolerance.percentage);
  if (const auto& reader = settings.reader) {
    Json& to = out["reader"] = Json::object();
    to["action"] = reader->action;
    to["request"] = reader->request;
    to["config"] = reader->config;
    put_number(to, "maxItems", reader->max_items);
  }
  if (const auto& batcher = settings.batcher) {
    Json& to = out["batcher"] = Json::object();
    put_number(to, "maxItems", batcher->max_items);
    put_number(to, "maxBytes", batcher->max_bytes);
    to["input"] = batcher->input;
  }
  if (const auto& writer = settings.writer) {
    Json& to = out["writer"] = Json::object();
    to["request"] = writer->request;
    to["transformation"] = writer->transformation;
    to["outputType"] = writer->output_type;
  }
  return out;
}

MapRunSettings map_run_settings(const Json& json) {
  MapRunSettings settings;
  settings.max_concurrency = json.at("maxConcurrency").get<std::int64_t>();
  settings.tolerance.count = number_in<std::int64_t>(json, "toleratedFailureCount");
  settings.tolerance.percentage = number_in<double>(json, "toleratedFailurePercentage");
  if (const auto reader = json.find("reader"); reader != json.end()) {
    settings.reader = MapRunSettings::Reader{reader->at("action").get<std::string>(),
                                             reader->at("request"),
                                             reader->at("config"),
                                             number_in<std::int64_t>(*reader, "maxItems")};
  }
  if (const auto batcher = json.find("batcher"); batcher != json.end()) {
    settings.batcher = MapRunSettings::Batcher{number_in<std::int64_t>(*batcher, "maxItems"),
                                               number_in<std::int64_t>(*batcher, "maxBytes"),
                                               batcher->at("input")};
  }
  if (const auto writer = json.find("writer"); writer != json.end()) {
    settings.writer = MapRunSettings::Writer{writer->at("request"),
                                             writer->at("transformation").get<std::string>(),
                                             writer->at("outputType").get<std::string>()};
  }
  return settings;
}

}  // namespace pawl::states
