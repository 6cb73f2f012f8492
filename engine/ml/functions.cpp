#include "engine/ml/functions.h"

#include <openssl/sha.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <utility>

#include "asl/text.h"
#include "asl/timestamp.h"
#include "embedded/pawl_function_py.h"
#include "engine/files/files.h"
#include "engine/http/aws_json.h"
#include "engine/http/url.h"
#include "engine/jobs/contract.h"
#include "engine/ml/documents.h"
#include "engine/ml/retention.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

constexpr auto kTimeout =
    std::chrono::seconds(900);  // [aws] a function runs for 15 minutes at most
constexpr std::string_view kPathHead = "/2015-03-31/functions/";
constexpr std::string_view kPathTail = "/invocations";

ServiceError unknown_function(const MlContext& context,
                              const std::string& name,
                              const std::string& hint) {
  return ServiceError{"ResourceNotFoundException",
                      "Function not found: arn:aws:lambda:" + context.region + ":" +
                          context.account + ":function:" + name + ":$LATEST" + hint,
                      404,
                      {{"Type", "User"}}};
}

// [seen] The headers that Lambda's answers carry, and that Step Functions hands on in
// SdkHttpMetadata.
Headers reply_headers(std::size_t bytes) {
  Headers headers;
  headers.set("Connection", "keep-alive");
  headers.set("Content-Length", std::to_string(bytes));
  headers.set("Content-Type", "application/json");
  headers.set("X-Amz-Executed-Version", "$LATEST");
  headers.set("x-amzn-Remapped-Content-Length", "0");
  headers.set("x-amzn-RequestId", new_uuid());
  headers.set("X-Amzn-Trace-Id", "root=1-00000000-000000000000000000000000;sampled=0");
  return headers;
}

std::string hash_of(const std::string& text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::ostringstream out;
  out << std::hex;
  for (std::size_t i = 0; i < 16; ++i) out << (digest[i] >> 4U) << (digest[i] & 0x0FU);
  return out.str();
}

std::string text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string last_lines(const std::string& text, std::size_t bytes) {
  return text.size() <= bytes ? text : text.substr(text.size() - bytes);
}

FunctionReply raised(const std::string& type, const std::string& message) {
  FunctionReply reply;
  reply.payload = asl::to_text({{"errorType", type}, {"errorMessage", message}});
  reply.function_error = "Unhandled";
  reply.headers = reply_headers(reply.payload.size());
  return reply;
}

std::string as_json(const std::string& output) {
  const auto parsed = asl::parse_text(output);
  if (std::holds_alternative<Json>(parsed)) return output;
  std::string text = output;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.empty() ? "null" : asl::to_text(Json(text));
}

// [aws] What Invoke answers to a payload that is no JSON.
std::optional<ServiceError> unreadable_payload(const std::string& payload) {
  const auto parsed = asl::parse_text(payload);
  const auto* error = std::get_if<asl::TextError>(&parsed);
  if (error == nullptr) return std::nullopt;
  return ServiceError{"InvalidRequestContentException",
                      "Could not parse request body into json: " + error->message,
                      400,
                      {{"Type", "User"}}};
}

}  // namespace

FunctionSpec parse_function(const std::string& text, const std::string& base_folder) {
  static const std::regex kPython(R"((\S+\.py):([A-Za-z_]\w*))");
  if (text.starts_with("http://") || text.starts_with("https://")) return UrlFunction{text};
  std::smatch match;
  if (std::regex_match(text, match, kPython)) {
    const fs::path file(match[1].str());
    return PythonFunction{
        (file.is_absolute() ? file : fs::path(base_folder) / file).lexically_normal().string(),
        match[2].str()};
  }
  return CommandFunction{text};
}

std::string function_name(const std::string& name_or_arn) {
  std::string name = name_or_arn;
  const std::size_t marker = name.find("function:");
  if (marker != std::string::npos) name = name.substr(marker + 9);
  return name.substr(0, name.find(':'));
}

std::function<void()> Functions::invoke(const FunctionCall& call,
                                        std::function<void(FunctionResult)> done) {
  if (remote_url_) return invoke_remote(call, std::move(done));
  if (const auto refused = unreadable_payload(call.payload)) {
    done(*refused);
    return {};
  }
  const std::string name = function_name(call.function);
  const auto found = local_.find(name);
  if (found == local_.end()) {
    done(unknown_function(context_, name, ""));
    return {};
  }
  if (call.invocation_type == "DryRun") {
    FunctionReply reply;
    reply.status = 204;
    reply.headers = reply_headers(0);
    done(std::move(reply));
    return {};
  }
  const bool is_event = call.invocation_type == "Event";
  if (is_event) {
    // [aws] Queued, then run; nobody waits for its result.
    FunctionReply reply;
    reply.status = 202;
    reply.headers = reply_headers(0);
    done(std::move(reply));
    done = [](const FunctionResult&) {};
  }
  if (const auto* url = std::get_if<UrlFunction>(&found->second)) {
    auto cancel = invoke_url(*url, call, std::move(done));
    return is_event ? nullptr : std::move(cancel);
  }
  context_.executor.post([this, &function = found->second, call, name, done = std::move(done)] {
    try {
      invoke_process(function, call, name, done);
    } catch (const std::exception& error) {
      done(raised("Runtime.ExitError", error.what()));
    }
  });
  return {};
}

std::function<void()> Functions::invoke_remote(const FunctionCall& call,
                                               std::function<void(FunctionResult)> done) {
  ClientRequest request;
  request.method = "POST";
  request.url = *remote_url_ + std::string(kPathHead) + percent_encode(call.function) +
                std::string(kPathTail);
  if (!call.qualifier.empty()) request.url += "?Qualifier=" + percent_encode(call.qualifier);
  request.headers.set("Content-Type", "application/json");
  request.headers.set("X-Amz-Invocation-Type", call.invocation_type);
  if (!call.log_type.empty()) request.headers.set("X-Amz-Log-Type", call.log_type);
  if (!call.client_context.empty())
    request.headers.set("X-Amz-Client-Context", call.client_context);
  request.body = call.payload;
  request.timeout = kTimeout;
  if (call.credentials) sign(request, *call.credentials);
  set_xray_header(call.trace, request.headers);
  return context_.http.send(std::move(request), [done = std::move(done)](ClientResult result) {
    if (const auto* error = std::get_if<ClientError>(&result)) {
      return done(ServiceError{
          "SdkClientException", "Unable to execute HTTP request: " + error->message, 0, {}});
    }
    HttpResponse& answer = std::get<HttpResponse>(result);
    if (answer.status >= 300) {
      const auto parsed = asl::parse_text(answer.body);
      const Json body =
          std::holds_alternative<Json>(parsed) ? std::get<Json>(parsed) : Json::object();
      std::string type(answer.headers.get("x-amzn-ErrorType"));
      type = type.substr(0, type.find(':'));
      ServiceError error{type.empty() ? "Unknown" : type,
                         text_of(body, "Message", text_of(body, "message")),
                         answer.status,
                         {{"RequestId", std::string(answer.headers.get("x-amzn-RequestId"))}}};
      return done(std::move(error));
    }
    FunctionReply reply;
    reply.status = answer.status;
    reply.payload = std::move(answer.body);
    if (answer.headers.has("X-Amz-Function-Error")) {
      reply.function_error = std::string(answer.headers.get("X-Amz-Function-Error"));
    }
    if (answer.headers.has("X-Amz-Executed-Version")) {
      reply.executed_version = std::string(answer.headers.get("X-Amz-Executed-Version"));
    }
    reply.headers = std::move(answer.headers);
    done(std::move(reply));
  });
}

void Functions::sign(ClientRequest& request, const AwsCredentials& credentials) const {
  const auto url = parse_url(request.url);
  if (!url) return;  // the client says that it is none
  const std::size_t mark = std::min(url->target.find('?'), url->target.size());
  // [spec] But for S3, the path is encoded once more.
  sign_request(credentials,
               {context_.region, "lambda", context_.now()},
               {request.method,
                url->authority(),
                percent_encode(url->target.substr(0, mark), "/"),
                request.body,
                url->target.substr(std::min(mark + 1, url->target.size()))},
               request.headers);
}

std::function<void()> Functions::invoke_url(const UrlFunction& function,
                                            const FunctionCall& call,
                                            std::function<void(FunctionResult)> done) {
  ClientRequest request;
  request.method = "POST";
  request.url = function.url;
  request.headers.set("Content-Type", "application/json");
  set_xray_header(call.trace, request.headers);
  set_traceparent(call.trace, request.headers);
  request.body = call.payload;
  request.timeout = kTimeout;
  return context_.http.send(std::move(request), [done = std::move(done)](ClientResult result) {
    if (const auto* error = std::get_if<ClientError>(&result)) {
      return done(raised("Runtime.ExitError", error->message));
    }
    HttpResponse& answer = std::get<HttpResponse>(result);
    if (answer.status >= 300) {
      return done(raised("HttpStatus" + std::to_string(answer.status), answer.body));
    }
    FunctionReply reply;
    reply.payload = as_json(answer.body);
    reply.headers = reply_headers(reply.payload.size());
    done(std::move(reply));
  });
}

void Functions::invoke_process(const FunctionSpec& function,
                               const FunctionCall& call,
                               const std::string& name,
                               std::function<void(FunctionResult)> done) {
  const std::string token = call.idempotency_token.empty() ? new_uuid() : call.idempotency_token;
  const std::string id = name + "-" + hash_of(token);
  const std::string folder = context_.folder + "/functions/" + id;
  const auto* command = std::get_if<CommandFunction>(&function);
  JobSpec spec;
  spec.id = "function/" + id;
  spec.working_folder = folder;
  spec.timeout = kTimeout;
  spec.environment = job_environment(context_.surroundings(), {{"AWS_LAMBDA_FUNCTION_NAME", name}});
  spec.environment["PYTHONPATH"] = context_.runtime_folder + "/site";
  if (call.trace) {
    // [aws] What the X-Ray SDK reads; the other is OpenTelemetry's carrier for processes.
    spec.environment["_X_AMZN_TRACE_ID"] = to_xray_header(*call.trace);
    spec.environment["TRACEPARENT"] = to_traceparent(*call.trace);
  }
  if (command != nullptr) {
    spec.argv = {"/bin/sh", "-c", "exec <event.json >result.json; " + command->command};
  } else {
    const auto& python = std::get<PythonFunction>(function);
    spec.argv = {
        context_.python, runner_file(), python.file, python.handler, "event.json", "result.json"};
  }
  if (!context_.jobs.exists(spec.id)) {
    fs::create_directories(folder);
    std::ofstream(folder + "/" + Cleaner::kOwnerFile, std::ios::binary) << call.idempotency_token;
    std::ofstream(folder + "/event.json", std::ios::binary) << call.payload;
  }
  context_.jobs.start_or_attach(
      spec, [this, id = spec.id, folder, is_command = command != nullptr, done](const JobEnd& end) {
        context_.executor.post([this, id, folder, is_command, done, end] {
          done(process_reply(id, folder, end, is_command));
        });
      });
}

// The program that calls Python handlers, written out once.
std::string Functions::runner_file() {
  const std::string file = context_.folder + "/functions/runner-" +
                           hash_of(std::string(embedded::pawl_function_py)) + ".py";
  if (!fs::exists(file)) {
    make_folders(context_.folder + "/functions");
    replace_file(file, embedded::pawl_function_py);
  }
  return file;
}

FunctionReply Functions::process_reply(const std::string& id,
                                       const std::string& folder,
                                       const JobEnd& end,
                                       bool is_command) {
  const std::string result = text_of_file(fs::path(folder) / "result.json");
  if (end.how == JobEnd::How::kTimedOut) {
    return raised("Sandbox.Timedout",
                  "Task timed out after " + std::to_string(kTimeout.count()) + ".00 seconds");
  }
  const bool clean = end.how == JobEnd::How::kExited && end.code == 0;
  if (!clean && (is_command || result.empty())) {
    const std::string how = end.how == JobEnd::How::kExited ? "exit status " : "signal ";
    return raised("Runtime.ExitError",
                  "Error: Runtime exited with error: " + how + std::to_string(end.code) + "\n" +
                      last_lines(text_of_file(context_.jobs.log_file(id)), 2048));
  }
  FunctionReply reply;
  reply.payload = is_command ? as_json(result) : result;
  if (!clean) reply.function_error = "Unhandled";
  reply.headers = reply_headers(reply.payload.size());
  return reply;
}

void Functions::handle(const HttpRequest& request, Responder respond) {
  std::string_view path = request.path;
  const bool is_invoke = request.method == "POST" && path.starts_with(kPathHead) &&
                         path.ends_with(kPathTail) &&
                         path.size() > kPathHead.size() + kPathTail.size();
  if (!is_invoke) {
    HttpResponse response =
        json_error({"ResourceNotFoundException", "no such operation", 404, {}}, "1.1", "Message");
    return respond(std::move(response));
  }
  path.remove_prefix(kPathHead.size());
  path.remove_suffix(kPathTail.size());
  FunctionCall call;
  call.function = percent_decode(path).value_or(std::string(path));
  if (!request.body.empty()) call.payload = request.body;
  if (request.headers.has("X-Amz-Invocation-Type")) {
    call.invocation_type = std::string(request.headers.get("X-Amz-Invocation-Type"));
  }
  call.qualifier = request.query_value("Qualifier").value_or("");
  call.trace = read_xray_header(request.headers.get("X-Amzn-Trace-Id"));
  if (const auto refused = unreadable_payload(call.payload))
    return respond(json_error(*refused, "1.1", "Message"));
  invoke(call, [respond = std::move(respond)](FunctionResult result) {
    if (const auto* error = std::get_if<ServiceError>(&result)) {
      return respond(json_error(*error, "1.1", "Message"));
    }
    const FunctionReply& reply = std::get<FunctionReply>(result);
    HttpResponse response;
    response.status = reply.status;
    response.headers.set("Content-Type", "application/json");
    response.headers.set("X-Amz-Executed-Version", reply.executed_version);
    response.headers.set("x-amzn-RequestId", new_uuid());
    if (reply.function_error) response.headers.set("X-Amz-Function-Error", *reply.function_error);
    response.body = reply.payload;
    respond(std::move(response));
  });
}

}  // namespace pawl::engine
