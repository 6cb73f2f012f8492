#include "engine/map_runs/results.h"

#include <cstdio>
#include <filesystem>
#include <map>

#include "asl/submachine.h"
#include "asl/text.h"
#include "engine/map_runs/redrivable.h"

namespace pawl::engine {

namespace {

using asl::Json;
using states::Status;

constexpr std::size_t kResultsPerRead = 200;
constexpr std::uint64_t kFileBytesMax = 64U << 20;

// [aws] One child as DescribeExecution shows it to a state machine, its members in order of name.
Json record_of(const ResultsOf& of, const MapRunTable::Result& result) {
  const states::ExecutionInfo& info = result.row.what.info;
  const std::string status(states::to_string(result.row.status));
  Json out = Json::object();
  if (result.outcome.error.cause) out["Cause"] = *result.outcome.error.cause;
  if (result.outcome.error.name) out["Error"] = *result.outcome.error.name;
  out["ExecutionArn"] = info.arn;
  out["Input"] = result.input.text();
  out["InputDetails"] = {{"Included", true}};
  out["Name"] = info.name;
  if (result.outcome.output) out["Output"] = result.outcome.output->text();
  out["OutputDetails"] = {{"Included", true}};
  out["RedriveCount"] = result.row.redrive_count;
  const auto reason = why_not_redrivable(result, of.now, of.limits);
  out["RedriveStatus"] = reason ? "NOT_REDRIVABLE" : "REDRIVABLE_BY_MAP_RUN";
  if (reason) out["RedriveStatusReason"] = *reason;
  out["StartDate"] = asl::format_timestamp(info.start_time);
  out["StateMachineArn"] = info.state_machine_arn;
  out["Status"] = status;
  if (result.row.stopped_at) out["StopDate"] = asl::format_timestamp(*result.row.stopped_at);
  return out;
}

Json pending_record(const MapRunRow& run, const NextChild& child) {
  const std::string name = child_name(run, child.first_item);
  return {{"ExecutionArn", child_arn(run.state_machine_arn, name)},
          {"Input", child.input.text()},
          {"InputDetails", {{"Included", true}}},
          {"Name", name},
          {"OutputDetails", {{"Included", true}}},
          {"RedriveCount", 0},
          {"RedriveStatus", "REDRIVABLE_BY_MAP_RUN"},
          {"StateMachineArn", run.state_machine_arn},
          {"Status", "PENDING"}};
}

// What one succeeded child contributes: nothing, one text, or (FLATTEN) several.
template <class Each>
void contribute(const ResultsOf& of,
                const MapRunTable::Result& result,
                const std::string& transformation,
                Each each) {
  if (transformation == "NONE") return each(asl::to_text(record_of(of, result)));
  if (!result.outcome.output) return;
  const Json& output = result.outcome.output->json();
  if (transformation != "FLATTEN" || !output.is_array()) return each(result.outcome.output->text());
  for (const Json& element : output) each(asl::to_text(element));
}

template <class Each>
void for_each_result(const ResultsOf& of, Each each) {
  std::int64_t from = 0;
  while (true) {
    const auto page = of.table.results(of.run.id, from, kResultsPerRead);
    for (const MapRunTable::Result& result : page) {
      if (!each(result)) return;
      from = result.row.what.map_child->first_item + 1;
    }
    if (page.size() < kResultsPerRead) return;
  }
}

std::string text_in(const Json& request, const char* name) {
  return request.is_object() ? config_text(request, name) : "";
}

std::string folder_of(const ResultsOf& of) {
  std::string prefix = text_in(of.settings.writer->request, "Prefix");
  while (prefix.ends_with('/')) prefix.pop_back();
  const std::string uuid = of.run.arn.substr(of.run.arn.rfind(':') + 1);
  return prefix.empty() ? uuid : prefix + "/" + uuid;
}

// The files of one status: SUCCEEDED_0.json, SUCCEEDED_1.json ...
class ResultFiles {
 public:
  struct Target {
    MapObjects& objects;
    std::string local_folder;
    std::string bucket;
    std::string prefix;  // "PREFIX/UUID/SUCCEEDED_"
    bool is_lines = false;
  };
  explicit ResultFiles(Target target) : target_(std::move(target)) {}
  ResultFiles(const ResultFiles&) = delete;
  ResultFiles& operator=(const ResultFiles&) = delete;
  ~ResultFiles() {
    if (file_ != nullptr) std::fclose(file_);
  }

  void add(const std::string& text) {
    if (file_ != nullptr && size_ + text.size() > kFileBytesMax) close();
    if (file_ == nullptr) {
      open();
    } else {
      write(target_.is_lines ? "\n" : ",");
    }
    write(text);
  }
  // What the manifest says of them.
  Json finish() {
    if (file_ != nullptr) close();
    return std::move(written_);
  }

 private:
  void open() {
    path_ = target_.local_folder + "/result";
    file_ = std::fopen(path_.c_str(), "wbe");
    if (file_ == nullptr) throw std::runtime_error("cannot write " + path_);
    size_ = 0;
    if (!target_.is_lines) write("[");
  }
  void write(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) {
      throw std::runtime_error("cannot write " + path_);
    }
    size_ += text.size();
  }
  void close() {
    if (!target_.is_lines) write("]");
    if (std::fclose(std::exchange(file_, nullptr)) != 0) {
      throw std::runtime_error("cannot write " + path_);
    }
    const std::string key =
        target_.prefix + std::to_string(written_.size()) + (target_.is_lines ? ".jsonl" : ".json");
    target_.objects.put_file(target_.bucket, key, path_);
    written_.push_back({{"Key", key}, {"Size", size_}});
  }

  Target target_;
  std::string path_;
  std::FILE* file_ = nullptr;
  std::uint64_t size_ = 0;
  Json written_ = Json::array();
};

}  // namespace

std::string child_name(const MapRunRow& run, std::int64_t first_item) {
  return asl::uuid_from(run.arn + "#" + std::to_string(first_item));
}

std::string child_arn(const std::string& state_machine_arn, const std::string& name) {
  std::string arn = state_machine_arn;
  constexpr std::string_view kType = ":stateMachine:";
  if (const std::size_t type = arn.find(kType); type != std::string::npos) {
    arn.replace(type, kType.size(), ":execution:");
  }
  return arn + ":" + name;
}

bool exports_results(const states::MapRunSettings& settings) {
  return settings.writer && settings.writer->request.is_object();
}

asl::Payload collect_results(const ResultsOf& of, std::size_t bytes_max) {
  const auto& writer = of.settings.writer;
  const std::string transformation = writer ? writer->transformation : "";
  std::string text = "[";
  for_each_result(of, [&](const MapRunTable::Result& result) {
    if (result.row.status == Status::kSucceeded) {
      contribute(of, result, transformation, [&text](const std::string& part) {
        if (text.size() > 1) text += ',';
        text += part;
      });
    }
    return text.size() <= bytes_max;
  });
  return asl::Payload::of_text(text + "]");
}

void export_results(const ResultsOf& of,
                    MapObjects& objects,
                    const std::string& folder,
                    Children* pending) {
  const auto& writer = *of.settings.writer;
  const std::string bucket = text_in(writer.request, "Bucket");
  const std::string to = folder_of(of) + "/";
  std::filesystem::create_directories(folder);
  const std::string transformation = writer.transformation.empty() ? "NONE" : writer.transformation;
  const auto files = [&](const char* status) {
    return ResultFiles({objects, folder, bucket, to + status, writer.output_type == "JSONL"});
  };
  Json manifest = {{"DestinationBucket", bucket}, {"MapRunArn", of.run.arn}};
  Json& listed = manifest["ResultFiles"] = Json::object();
  // [aws] Only what succeeded is transformed.
  ResultFiles failed = files("FAILED_");
  for_each_result(of, [&](const MapRunTable::Result& result) {
    if (result.row.status != Status::kSucceeded) failed.add(asl::to_text(record_of(of, result)));
    return true;
  });
  listed["FAILED"] = failed.finish();
  ResultFiles never = files("PENDING_");
  while (pending != nullptr) {
    const auto child = pending->next();
    if (!child || !*child) break;
    never.add(asl::to_text(pending_record(of.run, **child)));
  }
  listed["PENDING"] = never.finish();
  ResultFiles succeeded = files("SUCCEEDED_");
  for_each_result(of, [&](const MapRunTable::Result& result) {
    if (result.row.status == Status::kSucceeded) {
      contribute(of, result, transformation, [&](const std::string& text) { succeeded.add(text); });
    }
    return true;
  });
  listed["SUCCEEDED"] = succeeded.finish();

  const std::string path = folder + "/manifest";
  std::FILE* file = std::fopen(path.c_str(), "wbe");
  if (file == nullptr) throw std::runtime_error("cannot write " + path);
  const std::string text = asl::to_text(manifest);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (std::fclose(file) != 0 || !written) throw std::runtime_error("cannot write " + path);
  objects.put_file(bucket, to + "manifest.json", path);
}

asl::Payload exported_result(const ResultsOf& of) {
  Json details = Json::object();
  details["Bucket"] = text_in(of.settings.writer->request, "Bucket");
  details["Key"] = folder_of(of) + "/manifest.json";
  Json out = Json::object();
  out["MapRunArn"] = of.run.arn;
  out["ResultWriterDetails"] = std::move(details);
  return asl::Payload::of(std::move(out));
}

}  // namespace pawl::engine
