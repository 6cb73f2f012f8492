#include "engine/ml/resources.h"

#include <algorithm>
#include <deque>

#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kAtOnce = 200;
constexpr std::size_t kLookedAtMax = 10'000;

// The records of one kind, newest first, read some at a time.
class Source {
 public:
  Source(Records& records, const ResourceKind& kind, Records::Query query)
      : records_(records), kind_(kind), query_(std::move(query)) {}

  const ResourceKind& kind() const { return kind_; }

  // The next one; null: there are no more.
  const Record* peek() {
    if (read_.empty() && !is_exhausted_) fill();
    return read_.empty() ? nullptr : &read_.front();
  }
  Record take() {
    Record record = std::move(read_.front());
    read_.pop_front();
    return record;
  }

 private:
  void fill() {
    std::vector<Record> page = records_.list(query_);
    is_exhausted_ = page.size() < query_.limit;
    if (!page.empty()) query_.after = page.back().name;
    std::move(page.begin(), page.end(), std::back_inserter(read_));
  }

  Records& records_;
  const ResourceKind& kind_;
  Records::Query query_;
  std::deque<Record> read_;
  bool is_exhausted_ = false;
};

// Of what was made at the same time, the kinds go in their order: behind a record of one kind come
// the later kinds' records of that time, and the earlier kinds' of before.
std::vector<Source> sources_of(Records& records, const ResourceQuery& query) {
  std::vector<Source> sources;
  bool is_reached = query.after.is_null();
  for (const ResourceKind* kind : query.kinds) {
    Records::Query rows{kind->record_kind, "", true, std::nullopt, kAtOnce};
    rows.owner_prefix = query.owner_prefix;
    if (query.made_before) rows.until = asl::Timestamp{query.made_before->ms - 1};
    if (!query.after.is_null()) {
      const std::int64_t at = query.after.at("at").get<std::int64_t>();
      const bool is_last = query.after.at("kind") == kind->name;
      rows.until = asl::Timestamp{is_reached || is_last ? at : at - 1};
      const std::string name = query.after.at("name").get<std::string>();
      // One that is gone by now tells no place: its time has to do.
      if (is_last && records.find(kind->record_kind, name)) rows.after = name;
      is_reached = is_reached || is_last;
    }
    sources.emplace_back(records, *kind, std::move(rows));
  }
  return sources;
}

Source* newest(std::vector<Source>& sources) {
  Source* best = nullptr;
  for (Source& source : sources) {
    const Record* record = source.peek();
    if (record == nullptr) continue;
    if (best == nullptr || record->created_at > best->peek()->created_at) best = &source;
  }
  return best;
}

bool is_wanted(const ResourceQuery& query, const ResourceKind& kind, const Record& record) {
  if (query.wanted && !query.wanted(kind, record)) return false;
  return query.status.empty() || text_of(record.document, kind.status_member) == query.status;
}

}  // namespace

const std::vector<ResourceKind>& job_kinds() {
  static const std::vector<ResourceKind> kKinds = {
      {"training",
       "training-job",
       "TrainingJobName",
       "TrainingJobStatus",
       "TrainingStartTime",
       "TrainingEndTime"},
      {"glue", "glue-job-run", "Id", "JobRunState", "StartedOn", "CompletedOn"},
      {"endpoint", "endpoint", "EndpointName", "EndpointStatus"}};
  return kKinds;
}

const ResourceKind* job_kind(const std::string& name) {
  for (const ResourceKind& kind : job_kinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

const ResourceKind& model_kind() {
  static const ResourceKind kKind = {"model", "model", "ModelName"};
  return kKind;
}

const ResourceKind& registered_model_kind() {
  static const ResourceKind kKind = {"registered", "model-package-group", "ModelPackageGroupName"};
  return kKind;
}

const ResourceKind& endpoint_kind() { return *job_kind("endpoint"); }

ResourcePage list_resources(Records& records, const ResourceQuery& query) {
  ResourcePage page;
  std::vector<Source> sources = sources_of(records, query);
  Json last = query.after;
  for (std::size_t looked = 0; Source* const source = newest(sources); ++looked) {
    if (page.found.size() == query.limit || looked == kLookedAtMax) {
      page.next = std::move(last);
      return page;
    }
    if (query.made_after && source->peek()->created_at <= *query.made_after) return page;
    Record record = source->take();
    last = {{"at", record.created_at.ms}, {"kind", source->kind().name}, {"name", record.name}};
    if (is_wanted(query, source->kind(), record)) {
      page.found.push_back({&source->kind(), std::move(record)});
    }
  }
  return page;
}

std::optional<Record> find_resource(Records& records,
                                    const ResourceKind& kind,
                                    const std::string& name) {
  if (std::string(kind.name) != "glue") return records.find(kind.record_kind, name);
  // Its record is named by job and run.
  Records::Query query{kind.record_kind, "", true, std::nullopt, kAtOnce};
  for (;;) {
    std::vector<Record> page = records.list(query);
    for (Record& record : page) {
      if (record.name.ends_with("/" + name)) return std::move(record);
    }
    if (page.size() < query.limit) return std::nullopt;
    query.after = page.back().name;
  }
}

}  // namespace pawl::engine
