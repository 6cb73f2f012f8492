// The machine-learning services of a server, as far as the API shows them and hands requests on.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "asl/json.h"
#include "engine/api/model_desk.h"
#include "engine/http/aws_json.h"
#include "engine/http/message.h"

namespace pawl::engine {

enum class MlService { kSageMaker, kGlue };

enum class MlResource {
  kJob,    // of every kind: its names are "training/NAME", "glue/RUN", "endpoint/NAME"
  kModel,  // what endpoints serve; a list has the registered models too
  kEndpoint,
};

struct MlQuery {
  MlResource what = MlResource::kJob;
  std::string kind = {};           // of job or model; empty: all
  std::string status = {};         // empty: all
  std::string execution_arn = {};  // of the execution whose tasks asked for it; empty: all
  asl::Json after = nullptr;       // MlPage::next of the page before
  std::size_t limit = 50;
};

// Items are as the REST API shows them, newest first. There may be fewer than the limit, or none,
// and more behind them: a query looks at so many records only.
struct MlPage {
  asl::Json items = asl::Json::array();
  asl::Json next = nullptr;  // null: there are no more
};

// Which lines of a log.
struct MlLogSelection {
  std::uint64_t offset = 0;                   // bytes to pass over
  std::optional<std::int64_t> since_ms = {};  // said at this time or later
  std::string stream;                         // "stdout", "stderr" or "system"; empty: all
};

// A job's log that is read on. One thread at a time.
class MlLog {
 public:
  struct Line {
    std::string_view whole;   // as it is in the file, without its newline
    std::int64_t at_ms = 0;   // -1: unknown, of what is no whole line
    std::string_view stream;  // "stdout", "stderr", "system", or empty when unknown
    std::string_view text;    // what was said
    std::uint64_t end = 0;    // bytes of the file that end with it
  };
  using Take = std::function<void(const Line& line)>;

  virtual ~MlLog() = default;
  // The next part. False: there was nothing new. `is_whole`: nothing will follow.
  virtual bool read(bool is_whole, const Take& take) = 0;
  virtual std::uint64_t offset() const = 0;
  virtual std::uint64_t size() const = 0;
  virtual std::string file() const = 0;
  virtual std::string status() = 0;
  // Whether the job has ended, and has said all that it had to say.
  virtual bool is_over() = 0;
};

// Thread-safe. May throw ServiceError or StoreUnavailable.
class MlDesk {
 public:
  virtual ~MlDesk() = default;

  virtual MlPage list(const MlQuery& query) = 0;
  // With its "document": what the service's own Describe action answers.
  virtual std::optional<asl::Json> find(MlResource what, const std::string& name) = 0;
  // Null: there is no such job.
  virtual std::unique_ptr<MlLog> log(const std::string& job, const MlLogSelection& selection) = 0;

  // An action of the service's, with its checks. The same non-empty `owner` again gets what the
  // first call has made.
  virtual void call(MlService service,
                    const char* action,
                    asl::Json request,
                    const std::string& owner,
                    const ActionReply& reply) = 0;
  // InvokeEndpoint, answered as SageMaker's runtime does.
  virtual void invoke(const std::string& endpoint, HttpRequest request, Responder respond) = 0;
  // What the endpoint was asked last, by invoke(), as the REST API shows it.
  virtual asl::Json invocations(const std::string& endpoint) = 0;

  // Models that are registered, with their versions and aliases.
  virtual ModelDesk& registry() = 0;

  // In the text format of Prometheus.
  virtual std::string metrics_text() = 0;
};

}  // namespace pawl::engine
