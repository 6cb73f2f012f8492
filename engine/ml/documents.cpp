#include "engine/ml/documents.h"

#include <algorithm>
#include <array>

namespace pawl::engine {

namespace {

using asl::Json;

// The members that hold a point in time in the services' API models.
constexpr std::array<std::string_view, 16> kTimeMembers = {"CompletedOn",
                                                           "CreatedOn",
                                                           "CreationTime",
                                                           "EndTime",
                                                           "LastModifiedOn",
                                                           "LastModifiedTime",
                                                           "ProcessingEndTime",
                                                           "ProcessingStartTime",
                                                           "ResolutionTime",
                                                           "StartTime",
                                                           "StartedOn",
                                                           "Timestamp",
                                                           "TrainingEndTime",
                                                           "TrainingStartTime",
                                                           "TransformEndTime",
                                                           "TransformStartTime"};

bool is_time(std::string_view member) {
  return std::find(kTimeMembers.begin(), kTimeMembers.end(), member) != kTimeMembers.end();
}

Json convert(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(convert(element));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const auto& [member, content] : value.items()) {
    if (is_time(member) && content.is_number_integer()) {
      out[member] = static_cast<double>(content.get<std::int64_t>()) / 1000.0;
    } else {
      out[member] = convert(content);
    }
  }
  return out;
}

}  // namespace

Json with_times_in_seconds(const Json& document) { return convert(public_part(document)); }

Json public_part(const Json& document) {
  Json out = Json::object();
  for (const auto& [member, content] : document.items()) {
    if (!member.empty() && member.front() != '_') out[member] = content;
  }
  return out;
}

std::string text_of(const Json& object, std::string_view member, std::string_view fallback) {
  if (!object.is_object()) return std::string(fallback);
  const auto found = object.find(std::string(member));
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string(fallback);
}

void copy_members(const Json& from, Json& to, const std::vector<std::string_view>& members) {
  for (const std::string_view member : members) {
    const auto found = from.find(std::string(member));
    if (found != from.end() && !found->is_null()) to[std::string(member)] = *found;
  }
}

std::optional<Record> modify(Records& records,
                             const std::string& kind,
                             const std::string& name,
                             asl::Timestamp now,
                             const std::function<bool(Json&)>& change) {
  for (;;) {
    std::optional<Record> record = records.find(kind, name);
    if (!record || !change(record->document)) return record;
    record->updated_at = now;
    if (records.update(*record)) {
      ++record->version;
      return record;
    }
  }
}

}  // namespace pawl::engine
