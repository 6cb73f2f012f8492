// Jobs, models and endpoints as one list over the records of several services, for people.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "asl/json.h"
#include "engine/store/records.h"

namespace pawl::engine {

// How the records of one service read as resources.
struct ResourceKind {
  const char* name;         // "training"
  const char* record_kind;  // "training-job"
  const char* name_member;
  const char* status_member = "";
  const char* start_member = "";
  const char* end_member = "";  // the record has it once the job is over
};

const std::vector<ResourceKind>& job_kinds();  // training, glue, endpoint
const ResourceKind* job_kind(const std::string& name);
const ResourceKind& model_kind();
const ResourceKind& registered_model_kind();  // a model package group
const ResourceKind& endpoint_kind();

struct ResourceQuery {
  std::vector<const ResourceKind*> kinds;
  std::string status;         // empty: all
  std::string owner_prefix;   // "execution ARN#"; empty: all
  asl::Json after = nullptr;  // ResourcePage::next of the page before
  std::size_t limit = 50;
  std::optional<asl::Timestamp> made_before = {};
  std::optional<asl::Timestamp> made_after = {};
  std::function<bool(const ResourceKind&, const Record&)> wanted = {};  // empty: all
};

struct Resource {
  const ResourceKind* kind = nullptr;
  Record record;
};

// Newest first. A query looks at 10,000 records at most: there may be fewer than the limit, or
// none, and more behind them.
struct ResourcePage {
  std::vector<Resource> found;
  asl::Json next = nullptr;  // null: there are no more
};

// The pages are steady while records come and go.
ResourcePage list_resources(Records& records, const ResourceQuery& query);

// By its name: a Glue run by its id.
std::optional<Record> find_resource(Records& records,
                                    const ResourceKind& kind,
                                    const std::string& name);

// What people see. "id", "kind", "name", "status", "createdAt", and what else there is to tell.
asl::Json job_view(const ResourceKind& kind, const Record& record);
asl::Json model_view(const Record& record);
asl::Json registered_model_view(const Record& record);
asl::Json model_version_view(const Record& record);  // a versioned model package
asl::Json model_alias_view(const Record& record);
asl::Json endpoint_view(const Record& record);

}  // namespace pawl::engine
