// An execution with its history and definition, in one file.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "asl/text.h"
#include "engine/api/execution_json.h"
#include "engine/api/rest/query.h"
#include "engine/api/rest/redaction.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

// A file without a name: gone when the answer is. Histories may be larger than memory.
class ExportFile {
 public:
  ExportFile() : file_(std::tmpfile()) {
    if (file_ == nullptr) fail();
  }
  ~ExportFile() {
    if (file_ != nullptr) std::fclose(file_);
  }
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  void write(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
    size_ += text.size();
  }
  void flush() {
    if (std::fflush(file_) != 0) fail();
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(::fileno(file_)); }
  std::size_t size() const { return size_; }

 private:
  [[noreturn]] static void fail() {
    throw std::system_error(errno, std::generic_category(), "the export cannot be written");
  }

  std::FILE* file_;
  std::size_t size_ = 0;
};

void write_events(Api& api, const ExecutionRow& row, bool is_redacted, ExportFile& file) {
  constexpr std::size_t kAtOnce = 500;
  states::EventId from = 1;
  for (bool is_first = true;;) {
    const auto events = api.store.journal().read_public(row.key, from, kAtOnce, false);
    for (const states::Event& event : events) {
      Json shown = event_view(event, row);
      if (is_redacted) redact_event(shown);
      file.write((is_first ? "\n" : ",\n") + asl::to_text(shown));
      is_first = false;
      from = event.id + 1;
    }
    if (events.size() < kAtOnce) return;
  }
}

void send_export(const RestCall& call, const ExecutionRow& row) {
  const bool is_redacted = flag_in_query(call, "redact");
  const auto file = std::make_shared<ExportFile>();
  Json execution = execution_view(call.api, row);
  if (is_redacted) redact_execution(execution);
  file->write("{\"format\":1,\n\"execution\":" + asl::to_text(execution));
  if (const auto machine = call.api.store.catalog().find_revision(row.what.machine_revision)) {
    file->write(",\n\"stateMachine\":" + asl::to_text(machine_view(*machine, true)));
  }
  file->write(",\n\"events\":[");
  write_events(call.api, row, is_redacted, *file);
  file->write("]}\n");
  file->flush();
  HttpResponse response;
  response.headers.set("Content-Type", "application/vnd.pawl.execution+json");
  response.headers.set("Content-Disposition", "attachment; filename=\"execution.json\"");
  response.headers.set("X-Request-Id", new_uuid());
  response.file = FileRange{file->path(), 0, file->size(), file};
  call.respond(std::move(response));
}

}  // namespace

void export_execution(const RestCall& call) { send_export(call, execution_of(call)); }

void export_by_verb(const RestCall& call) {
  // "/executions/M:export" may as well mean the execution "export" of M.
  if (call.arguments.front().find(':') != std::string::npos) return export_execution(call);
  RestCall whole = call;
  whole.arguments.front() += ":export";
  if (call.api.store.journal().find(
          execution_arn(call.api.config.arns, call.arguments.front(), "export"))) {
    return get_execution(whole);
  }
  export_execution(call);
}

}  // namespace pawl::engine::rest
