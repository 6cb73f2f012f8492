#include "engine/http/aws_json.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>

#include "asl/text.h"

namespace pawl::engine {

using asl::Json;

namespace {

constexpr std::string_view kTargetHeader = "X-Amz-Target";
constexpr std::size_t kAboutMax = 512;

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

// The first member that names a resource, an ARN rather than a name. Never a payload, a token or a
// secret: it is written down.
std::string resource_named_in(const Json& object) {
  if (!object.is_object()) return {};
  using Endings = std::array<std::string_view, 2>;
  for (const Endings& endings : {Endings{"Arn", "arn"}, Endings{"Name", "name"}}) {
    for (const auto& [name, value] : object.items()) {
      const std::string_view member = name;
      const bool names = member.ends_with(endings[0]) || member == endings[1];
      // Roles are named in many requests and never what they are about.
      const bool role = member.ends_with("RoleArn") || member == "roleArn";
      if (names && !role && value.is_string()) return value.get<std::string>().substr(0, kAboutMax);
    }
  }
  return {};
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

ServiceError too_busy() {
  return {"ServiceUnavailable", "Too many requests are waiting; try again", 503};
}

HttpResponse json_error(const ServiceError& error,
                        std::string_view version,
                        std::string_view message_member) {
  Json body = {{"__type", error.type}, {std::string(message_member), error.message}};
  for (const auto& [name, value] : error.members) body[name] = value;
  HttpResponse response = json_response(error.status, asl::to_text(body), version);
  // [aws] The SDKs for Java, Go and Rust read the type from this header.
  response.headers.set("x-amzn-ErrorType", error.type);
  if (error.status == 503) response.headers.set("Retry-After", "1");
  return response;
}

namespace {

bool fits(const Action& action, const std::string& member, std::string_view value) {
  const auto& members = action.request.members;
  const auto found = std::find_if(
      members.begin(), members.end(), [&](const Member& each) { return each.name == member; });
  if (found == members.end()) return false;
  const bool is_ascii = std::all_of(
      value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return is_ascii &&
         (!found->shape.max || value.size() <= static_cast<std::size_t>(*found->shape.max));
}

void take_headers(const Action& action, const Headers& headers, Json& body) {
  for (const HeaderMember& each : action.header_members) {
    const std::string_view header = headers.get(each.header);
    if (header.empty() || !body.is_object()) continue;
    if (!each.counts_more && body.contains(each.member)) continue;
    const auto value =
        each.read == nullptr ? std::optional(std::string(header)) : each.read(header);
    if (value && fits(action, each.member, *value)) body[each.member] = *value;
  }
}

}  // namespace

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

Access JsonService::access(const HttpRequest& request) const {
  std::string_view target = request.headers.get(kTargetHeader);
  target.remove_prefix(std::min(options_.target_prefix.size(), target.size()));
  const auto action = actions_.find(target);
  return {.scope = action == actions_.end() ? Scope::kRead : action->second.scope,
          .action = std::string(target),
          .service = {},
          .dialect = Dialect::kAwsJson,
          .route = action == actions_.end() ? "" : std::string(target)};
}

void JsonService::handle(HttpRequest request, Responder respond, const Elsewhere& elsewhere) const {
  const auto about = std::make_shared<std::string>();  // of a change
  auto send = [respond = std::move(respond),
               version = options_.version,
               member = options_.message_member,
               about](ActionResult result) {
    if (const auto* error = std::get_if<ServiceError>(&result)) {
      HttpResponse response = json_error(*error, version, member);
      response.about = std::move(*about);
      respond(std::move(response));
    } else {
      const Json& body = std::get<Json>(result);
      HttpResponse response = json_response(200, asl::to_text(body), version);
      if (!about->empty()) {
        const std::string made = resource_named_in(body);
        response.about = made.empty() ? std::move(*about) : made;
      }
      respond(std::move(response));
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
  take_headers(action->second, request.headers, std::get<Json>(body));
  if (action->second.scope > Scope::kRead) *about = resource_named_in(std::get<Json>(body));
  dispatch(
      action->second, action->second.handler, std::get<Json>(std::move(body)), reply, elsewhere);
}

bool JsonService::has_member(std::string_view action, std::string_view member) const {
  const auto found = actions_.find(action);
  if (found == actions_.end()) return true;
  const auto& members = found->second.request.members;
  return std::any_of(
      members.begin(), members.end(), [&](const Member& each) { return each.name == member; });
}

void JsonService::call(std::string_view name, Json request, ActionReply reply) const {
  const auto action = actions_.find(name);
  if (action == actions_.end()) {
    reply(unknown(name));
    return;
  }
  dispatch(action->second, action->second.handler, std::move(request), reply, nullptr);
}

void JsonService::call(std::string_view name,
                       Json request,
                       const ActionReply& reply,
                       const ActionHandler& handler) const {
  const auto found = actions_.find(name);
  if (found == actions_.end()) {
    reply(unknown(name));
    return;
  }
  dispatch(found->second, handler, std::move(request), reply, nullptr);
}

void JsonService::dispatch(const Action& action,
                           const ActionHandler& handler,
                           Json request,
                           const ActionReply& reply,
                           const Elsewhere& elsewhere) const {
  guard(reply, [&] {
    if (auto fault = check_request(action.request, request)) {
      if (fault->type == "ValidationException") fault->type = options_.constraint_error;
      reply(*std::move(fault));
      return;
    }
    drop_null_members(action.request, request);
    if (!elsewhere || (action.is_quick && action.is_quick(request))) {
      handler(std::move(request), reply);
      return;
    }
    // std::function must be copyable.
    auto held = std::make_shared<Json>(std::move(request));
    const bool taken = elsewhere(
        [this, &handler, held, reply] { guard(reply, [&] { handler(std::move(*held), reply); }); });
    if (!taken) reply(too_busy());
  });
}

void JsonService::guard(const ActionReply& reply, const std::function<void()>& run) const {
  ServiceError problem;
  try {
    return run();
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
