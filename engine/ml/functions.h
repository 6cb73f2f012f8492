// Functions as Lambda has them: a remote Lambda endpoint, or commands, Python handlers and URLs
// registered with Pawl. [aws] https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "engine/http/message.h"
#include "engine/http/service_error.h"
#include "engine/http/sigv4.h"
#include "engine/http/trace_header.h"
#include "engine/ml/context.h"

namespace pawl::engine {

struct PythonFunction {
  std::string file;     // absolute path
  std::string handler;  // name of a function (event, context)
};
struct CommandFunction {
  std::string command;  // run by /bin/sh; the event on its standard input, its standard output is
                        // the result
};
struct UrlFunction {
  std::string url;  // the event is POSTed, the body of the answer is the result
};
using FunctionSpec = std::variant<PythonFunction, CommandFunction, UrlFunction>;

// "resize.py:handler" (relative to `base_folder`), "http://...", or else a shell command.
FunctionSpec parse_function(const std::string& text, const std::string& base_folder);

// [aws] What Invoke answers. A function that raised still answers 200, with `function_error`
// "Unhandled" and a payload of errorMessage, errorType and stackTrace.
struct FunctionReply {
  int status = 200;
  std::string payload;
  std::optional<std::string> function_error;
  std::string executed_version = "$LATEST";
  Headers headers;  // as a client of AWS's endpoint would see them
};
using FunctionResult = std::variant<FunctionReply, ServiceError>;

struct FunctionCall {
  std::string function;        // name, partial ARN or ARN, with or without a qualifier
  std::string payload = "{}";  // JSON text
  std::string invocation_type = "RequestResponse";
  std::string qualifier;
  std::string client_context;  // base64
  std::string log_type;
  // Not empty: a local function that was started under this name before is attached to, not started
  // again.
  std::string idempotency_token;
  std::optional<TraceContext> trace = std::nullopt;  // of the caller
  // What a call of a remote endpoint is signed with; nothing: it is not.
  std::optional<AwsCredentials> credentials = std::nullopt;
};

// Thread-safe.
class Functions {
 public:
  // With `remote_url` (AWS_ENDPOINT_URL_LAMBDA) every call goes there; else to `local`.
  Functions(MlContext& context,
            std::map<std::string, FunctionSpec> local,
            std::optional<std::string> remote_url)
      : context_(context), local_(std::move(local)), remote_url_(std::move(remote_url)) {}

  // `done` runs once, on any thread. What is returned closes the connection to a function
  // elsewhere; a local one goes on, as AWS's do. May be empty.
  std::function<void()> invoke(const FunctionCall& call, std::function<void(FunctionResult)> done);
  bool are_elsewhere() const { return remote_url_.has_value(); }
  // POST /2015-03-31/functions/{name}/invocations
  void handle(const HttpRequest& request, Responder respond);

 private:
  std::function<void()> invoke_remote(const FunctionCall& call,
                                      std::function<void(FunctionResult)> done);
  void sign(ClientRequest& request, const AwsCredentials& credentials) const;
  std::function<void()> invoke_url(const UrlFunction& function,
                                   const FunctionCall& call,
                                   std::function<void(FunctionResult)> done);
  void invoke_process(const FunctionSpec& function,
                      const FunctionCall& call,
                      const std::string& name,
                      std::function<void(FunctionResult)> done);
  std::string runner_file();
  FunctionReply process_reply(const std::string& id,
                              const std::string& folder,
                              const JobEnd& end,
                              bool is_command);

  MlContext& context_;
  std::map<std::string, FunctionSpec> local_;
  std::optional<std::string> remote_url_;
};

// The bare name in "arn:aws:lambda:us-east-1:123456789012:function:resize:7",
// "123456789012:function:resize", "resize:7".
std::string function_name(const std::string& name_or_arn);

}  // namespace pawl::engine
