#include "engine/cli/server_client.h"

#include <cstdio>
#include <cstdlib>

#include "asl/text.h"

namespace pawl::engine {

namespace {

using asl::Json;

Json parse_body(const std::string& body) {
  auto parsed = asl::parse_text(body);
  if (Json* json = std::get_if<Json>(&parsed)) return std::move(*json);
  throw std::runtime_error("the server's answer is no JSON: " + body.substr(0, 200));
}

// What is wrong with the first field that is, unless `text` says it already.
std::string with_first_error(std::string text, const Json& body) {
  const auto errors = body.find("errors");
  if (errors == body.end() || !errors->is_array() || errors->empty()) return text;
  const auto detail = errors->front().find("detail");
  if (detail == errors->front().end() || !detail->is_string()) return text;
  const std::string why = detail->get<std::string>();
  return text.find(why) == std::string::npos ? text + ": " + why : text;
}

// The server's words, from problem+json or from an AWS error.
std::string refusal(const HttpResponse& response) {
  const auto parsed = asl::parse_text(response.body);
  if (const Json* body = std::get_if<Json>(&parsed); body != nullptr && body->is_object()) {
    for (const char* member : {"detail", "message", "Message", "title"}) {
      const auto found = body->find(member);
      if (found != body->end() && found->is_string()) {
        return with_first_error(found->get<std::string>(), *body);
      }
    }
  }
  return "the server answers " + std::to_string(response.status);
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string ca_bundle() {
  const std::string own = variable("PAWL_CA_BUNDLE");
  return own.empty() ? variable("AWS_CA_BUNDLE") : own;
}

}  // namespace

ServerClient::ServerClient(std::string url)
    : url_(std::move(url)),
      token_(variable("PAWL_TOKEN")),
      reason_(variable("PAWL_REASON")),
      http_(1, ca_bundle()) {
  while (url_.ends_with('/')) url_.pop_back();
}

HttpResponse ServerClient::send(ClientRequest request) {
  if (!token_.empty()) request.headers.set("Authorization", "Bearer " + token_);
  if (!reason_.empty()) request.headers.set("X-Pawl-Reason", reason_);
  ClientResult result = http_.send(std::move(request));
  if (const auto* error = std::get_if<ClientError>(&result)) {
    throw Unreachable("no server answers at " + url_ + " (" + error->message +
                      "); start one with: pawl serve");
  }
  HttpResponse response = std::move(std::get<HttpResponse>(result));
  if (response.status >= 400) throw std::runtime_error(refusal(response));
  return response;
}

HttpResponse ServerClient::raw(const std::string& path) {
  ClientRequest request;
  request.url = url_ + "/api/v1" + path;
  return send(std::move(request));
}

HttpResponse ServerClient::request(ClientRequest request) {
  request.url = url_ + "/api/v1" + request.url;
  return send(std::move(request));
}

Json ServerClient::get(const std::string& path) { return parse_body(raw(path).body); }

Json ServerClient::get_ended(const std::string& path) {
  ClientRequest request;
  request.url = url_ + "/api/v1" + path;
  request.headers.set("Prefer", "wait=30");  // less than the client's own patience
  return parse_body(send(std::move(request)).body);
}

Json ServerClient::post(const std::string& path, const Json& body) {
  return parse_body(call("POST", path, asl::to_text(body)).body);
}

HttpResponse ServerClient::call(const std::string& method,
                                const std::string& path,
                                const std::string& body) {
  ClientRequest request;
  request.method = method;
  request.url = url_ + "/api/v1" + path;
  if (!body.empty()) request.headers.set("Content-Type", "application/json");
  request.body = body;
  return send(std::move(request));
}

Json ServerClient::items(const std::string& path, std::size_t most) {
  Json all = Json::array();
  std::string token;
  do {
    const char* joint = path.find('?') == std::string::npos ? "?" : "&";
    Json page = get(token.empty() ? path : path + joint + "pageToken=" + percent_encode(token));
    for (Json& item : page.at("items")) {
      if (all.size() < most) all.push_back(std::move(item));
    }
    const auto next = page.find("nextPageToken");
    token = next == page.end() ? "" : next->get<std::string>();
  } while (!token.empty() && all.size() < most);
  return all;
}

Json ServerClient::action(const std::string& target, const Json& body) {
  ClientRequest request;
  request.method = "POST";
  request.url = url_ + "/";
  request.headers.set("Content-Type", "application/x-amz-json-1.0");
  request.headers.set("X-Amz-Target", target);
  request.body = asl::to_text(body);
  return parse_body(send(std::move(request)).body);
}

std::shared_ptr<std::string> declare_endpoint(CLI::App& app) {
  auto endpoint = std::make_shared<std::string>("http://127.0.0.1:8083");
  app.add_option("--endpoint", *endpoint, "Server to ask")
      ->envname("PAWL_ENDPOINT")
      ->capture_default_str();
  return endpoint;
}

std::shared_ptr<std::string> declare_format(CLI::App& app) {
  auto format = std::make_shared<std::string>("text");
  app.add_option("--format", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_flag_callback(
      "--json", [format] { *format = "json"; }, "The same as --format json");
  return format;
}

std::string path_segment(const std::string& text) { return percent_encode(text, ":"); }

std::string duration_text(std::int64_t ms) {
  std::array<char, 48> text{};
  if (ms < 1000) {
    std::snprintf(text.data(), text.size(), "%lld ms", static_cast<long long>(ms));
  } else if (ms < 60'000) {
    std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(ms) / 1000.0);
  } else {
    std::snprintf(text.data(),
                  text.size(),
                  "%lld min %lld s",
                  static_cast<long long>(ms / 60'000),
                  static_cast<long long>(ms / 1000 % 60));
  }
  return text.data();
}

}  // namespace pawl::engine
