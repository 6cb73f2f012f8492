#include "engine/http/aws_json.h"

#include <openssl/rand.h>

#include <array>
#include <cstdio>
#include <exception>

#include "asl/text.h"

namespace pawl::engine {

using asl::Json;

namespace {

constexpr std::string_view kTargetHeader = "X-Amz-Target";

HttpResponse json_response(int status, std::string body, std::string_view version) {
  HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/x-amz-json-" + std::string(version));
  response.headers.set("x-amzn-RequestId", new_uuid());
  response.body = std::move(body);
  return response;
}

// Drawn many at a time: each drawing asks the system who is asking.
std::array<unsigned char, 16> random_block() {
  constexpr std::size_t kBlocks = 64;
  thread_local std::array<std::array<unsigned char, 16>, kBlocks> drawn;
  thread_local std::size_t left = 0;
  if (left == 0) {
    if (RAND_bytes(drawn.front().data(), static_cast<int>(sizeof(drawn))) != 1) {
      throw std::runtime_error("the system gives no random bytes");
    }
    left = kBlocks;
  }
  return drawn[--left];
}

}  // namespace

std::string new_uuid() {
  std::array<unsigned char, 16> bytes = random_block();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);  // version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);  // RFC 4122 variant
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 0x0FU];
  }
  return text;
}

Json epoch_seconds(asl::Timestamp time) { return static_cast<double>(time.ms) / 1000.0; }

HttpResponse json_error(const ServiceError& error,
                        std::string_view version,
                        std::string_view message_member) {
  Json body = {{"__type", error.type}, {std::string(message_member), error.message}};
  for (const auto& [name, value] : error.members) body[name] = value;
  HttpResponse response = json_response(error.status, asl::to_text(body), version);
  // [aws] The SDKs for Java, Go and Rust read the type from this header.
  response.headers.set("x-amzn-ErrorType", error.type);
  return response;
}

ActionHandler direct(std::function<Json(const Json& request)> action) {
  return [action = std::move(action)](const Json& request, const ActionReply& reply) {
    reply(action(request));
  };
}

JsonService::JsonService(JsonServiceOptions options, std::vector<Action> actions)
    : options_(std::move(options)) {
  for (Action& action : actions) {
    std::string name = action.name;
    actions_.emplace(std::move(name), std::move(action));
  }
}

bool JsonService::serves(const HttpRequest& request) const {
  return request.headers.get(kTargetHeader).starts_with(options_.target_prefix);
}

void JsonService::handle(HttpRequest request, Responder respond) const {
  auto send = [respond = std::move(respond),
               version = options_.version,
               member = options_.message_member](ActionResult result) {
    if (const auto* error = std::get_if<ServiceError>(&result)) {
      respond(json_error(*error, version, member));
    } else {
      respond(json_response(200, asl::to_text(std::get<Json>(result)), version));
    }
  };
  const ActionReply reply(std::move(send), request.client_gone);
  if (request.method != "POST") {
    // [aws] The protocol knows POST only.
    reply(ServiceError{"UnknownOperationException", "The protocol takes POST requests only", 405});
    return;
  }
  std::string_view target = request.headers.get(kTargetHeader);
  if (!target.starts_with(options_.target_prefix)) {
    reply(unknown(target));
    return;
  }
  target.remove_prefix(options_.target_prefix.size());
  const auto action = actions_.find(target);
  if (action == actions_.end()) {
    reply(unknown(target));
    return;
  }
  auto body = asl::parse_text(request.body.empty() ? "{}" : std::string_view(request.body));
  if (const auto* fault = std::get_if<asl::TextError>(&body)) {
    reply(ServiceError{"SerializationException", fault->message});
    return;
  }
  dispatch(action->second, std::get<Json>(std::move(body)), reply);
}

void JsonService::call(std::string_view name, Json request, ActionReply reply) const {
  const auto action = actions_.find(name);
  if (action == actions_.end()) {
    reply(unknown(name));
    return;
  }
  dispatch(action->second, std::move(request), reply);
}

void JsonService::dispatch(const Action& action, Json request, const ActionReply& reply) const {
  ServiceError problem;
  try {
    if (auto fault = check_request(action.request, request)) {
      reply(*std::move(fault));
      return;
    }
    drop_null_members(action.request, request);
    action.handler(std::move(request), reply);
    return;
  } catch (const ServiceError& error) {
    problem = error;
  } catch (const std::exception& error) {
    problem = options_.failure
                  ? options_.failure(error)
                  : ServiceError{
                        "InternalFailure", std::string("Internal failure: ") + error.what(), 500};
  }
  reply(std::move(problem));
}

ServiceError JsonService::unknown(std::string_view action) const {
  const auto& known = options_.unavailable;
  if (std::find(known.begin(), known.end(), action) != known.end()) {
    return {"UnknownOperationException",
            "The action " + std::string(action) + " is not available in this version of Pawl"};
  }
  return {"UnknownOperationException", "Unknown operation: '" + std::string(action) + "'"};
}

}  // namespace pawl::engine
