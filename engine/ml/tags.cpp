#include "engine/ml/tags.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ml/documents.h"
#include "engine/ml/errors.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kTagsMax = 50;  // [aws] of one resource
constexpr std::size_t kTagsPage = 50;
constexpr std::size_t kRecordsPage = 500;
constexpr std::array<const char*, 6> kTaggable = {
    "endpoint", "endpoint-config", "model", "model-package", "model-package-group", "training-job"};

struct Tagged {
  std::string kind;
  std::string name;  // empty: the tags are another resource's
  Json tags;
};

Json tags_of(const Json& document) { return document.value("_Tags", Json::array()); }

// ARNs are in lower case, names need not be: one that differs is looked for among all.
std::optional<Record> find_by_arn(MlContext& context,
                                  const std::string& kind,
                                  const std::string& name,
                                  const std::string& arn) {
  if (auto record = context.records.find(kind, name)) return record;
  Records::Query query{kind, "", true, std::nullopt, kRecordsPage};
  for (;;) {
    std::vector<Record> page = context.records.list(query);
    for (Record& record : page) {
      if (sagemaker_arn(context, kind, record.name) == arn) return std::move(record);
    }
    if (page.size() < query.limit) return std::nullopt;
    query.after = page.back().name;
  }
}

// [aws] A version of a model package group "uses the tags associated with the model group".
Tagged tags_for(MlContext& context, const char* kind, const Record& record) {
  const std::string group = text_of(record.document, "_Group");
  if (group.empty()) return {kind, record.name, tags_of(record.document)};
  const auto found = context.records.find("model-package-group", group);
  return {kind, "", found ? tags_of(found->document) : Json::array()};
}

Tagged resource_of(MlContext& context, const Json& request) {
  const std::string arn = text_of(request, "ResourceArn");
  for (const char* kind : kTaggable) {
    const std::string head = sagemaker_arn(context, kind, "");
    if (!arn.starts_with(head)) continue;
    const auto record = find_by_arn(context, kind, arn.substr(head.size()), arn);
    if (record) return tags_for(context, kind, *record);
  }
  throw service_error("ResourceNotFound", "Could not find resource \"" + arn + "\".");
}

// Where a page begins: what the page before said.
std::size_t page_begin(const std::string& token) {
  if (token.empty()) return 0;
  std::size_t place = 0;
  const char* end = token.data() + token.size();
  const auto [rest, error] = std::from_chars(token.data(), end, place);
  if (error != std::errc() || rest != end) throw validation_error("Invalid pagination token.");
  return place;
}

bool has_key(const Json& tag, const std::string& key) { return text_of(tag, "Key") == key; }

Json without_key(const Json& tags, const std::string& key) {
  Json rest = Json::array();
  for (const Json& tag : tags) {
    if (!has_key(tag, key)) rest.push_back(tag);
  }
  return rest;
}

// `change` makes new tags of the present ones. The tags as they now stand.
Json change_tags(MlContext& context,
                 const Tagged& resource,
                 const std::function<Json(const Json&)>& change) {
  if (resource.name.empty()) {
    throw validation_error("The tags of a model package version are those of its group.");
  }
  const auto changed =
      modify(context.records, resource.kind, resource.name, context.now(), [&](Json& document) {
        document["_Tags"] = change(tags_of(document));
        return true;
      });
  return changed ? tags_of(changed->document) : Json::array();
}

}  // namespace

Json add_tags(MlContext& context, const Json& request) {
  const Tagged resource = resource_of(context, request);
  return {{"Tags", change_tags(context, resource, [&](Json tags) {
             for (const Json& tag : request.at("Tags")) {
               tags = without_key(tags, text_of(tag, "Key"));
               tags.push_back(tag);
             }
             if (tags.size() > kTagsMax) {
               throw validation_error("A resource can have no more than 50 tags.");
             }
             return tags;
           })}};
}

Json delete_tags(MlContext& context, const Json& request) {
  const Tagged resource = resource_of(context, request);
  change_tags(context, resource, [&](Json tags) {
    for (const Json& key : request.at("TagKeys")) tags = without_key(tags, key.get<std::string>());
    return tags;
  });
  return Json::object();
}

Json list_tags(MlContext& context, const Json& request) {
  const Json tags = resource_of(context, request).tags;
  const std::size_t begin = page_begin(text_of(request, "NextToken"));
  const std::size_t end = std::min(tags.size(), begin + request.value("MaxResults", kTagsPage));
  Json page = Json::array();
  for (std::size_t i = begin; i < end; ++i) page.push_back(tags[i]);
  Json answer = {{"Tags", std::move(page)}};
  if (end < tags.size()) answer["NextToken"] = std::to_string(end);
  return answer;
}

}  // namespace pawl::engine
