#include "tests/end_to_end/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <stdexcept>
#include <thread>
#include <variant>

#include "asl/text.h"
#include "engine/http/client.h"
#include "tests/places.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

constexpr auto kLookEvery = std::chrono::milliseconds(20);
constexpr std::string_view kReady = "pawl is ready on ";

bool has_ended(pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) == pid; }

Answer send(ClientRequest request) {
  HttpClient client;
  const ClientResult result = client.send(std::move(request));
  const auto* response = std::get_if<HttpResponse>(&result);
  if (response == nullptr) return {0, std::get<ClientError>(result).message};
  return {response->status, response->body, response->headers};
}

bool is_free(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  ::close(socket);
  return bound;
}

// Below those that the system gives to outgoing connections: one of these would otherwise take the
// server's port while it is dead.
std::uint16_t free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(12'000, 31'999);
  while (true) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    if (is_free(port)) return port;
  }
}

std::string command_line_of(const fs::path& process) {
  try {
    std::string text = read_file(process / "cmdline");
    for (char& c : text) c = c == '\0' ? ' ' : c;
    return text;
  } catch (const std::exception&) {
    return "";  // it has ended meanwhile
  }
}

}  // namespace

Json Answer::json() const {
  auto parsed = asl::parse_text(body);
  if (auto* value = std::get_if<Json>(&parsed)) return std::move(*value);
  throw std::runtime_error("no JSON (status " + std::to_string(status) + "): " + body);
}

ServerProcess::ServerProcess(std::vector<std::string> options) : options_(std::move(options)) {
  start();
}

ServerProcess::~ServerProcess() {
  if (pid_ != 0) {
    ::kill(pid_, SIGTERM);
    if (!eventually([this] { return has_ended(pid_); }, std::chrono::seconds(20))) kill9();
  }
  kill_jobs();
}

std::string ServerProcess::log() const {
  return read_file(folder_.file("log." + std::to_string(starts_)));
}

void ServerProcess::start() {
  launch();
  url_ = wait_until_ready();
}

void ServerProcess::start_and_kill9(std::chrono::milliseconds after) {
  launch();
  std::this_thread::sleep_for(after);
  kill9();
}

void ServerProcess::launch() {
  ++starts_;
  const std::string output = folder_.file("output." + std::to_string(starts_));
  const std::string log = folder_.file("log." + std::to_string(starts_));
  if (url_.empty()) url_ = "http://127.0.0.1:" + std::to_string(free_port());
  const std::string address = url_.substr(url_.find("//") + 2);
  std::vector<std::string> words = {
      test::kPawlProgram, "serve", "--data", folder_.file("data"), "--listen", address};
  words.insert(words.end(), options_.begin(), options_.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("no process can be made");
  if (pid_ == 0) {
    ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    ::dup2(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    ::execv(test::kPawlProgram, arguments.data());
    ::_exit(127);
  }
}

std::string ServerProcess::wait_until_ready() {
  const std::string file = folder_.file("output." + std::to_string(starts_));
  std::string url;
  bool ended = false;
  const bool ready = eventually([&] {
    ended = has_ended(pid_);
    const std::string output = fs::exists(file) ? read_file(file) : "";
    const std::size_t end = output.find('\n');
    if (output.starts_with(kReady) && end != std::string::npos) {
      url = output.substr(kReady.size(), end - kReady.size());
    }
    return ended || !url.empty();
  });
  if (ready && !ended) return url;
  if (ended) pid_ = 0;
  throw std::runtime_error("the server did not become ready: " + log());
}

void ServerProcess::hang_up() const { ::kill(pid_, SIGHUP); }

void ServerProcess::terminate() const { ::kill(pid_, SIGTERM); }

int ServerProcess::await_exit() {
  int status = 0;
  const bool has_exited = eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; },
                                     std::chrono::seconds(20));
  if (!has_exited) return -1;
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void ServerProcess::kill9() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

// Supervisors outlive the server on purpose; they and their sandboxes have the data folder on their
// command lines.
void ServerProcess::kill_jobs() const {
  for (int round = 0; round < 3; ++round) {
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const std::string name = entry.path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      const auto pid = static_cast<pid_t>(std::stol(name));
      if (pid == ::getpid()) continue;
      if (command_line_of(entry.path()).find(folder_.path()) == std::string::npos) continue;
      ::kill(pid, SIGKILL);
    }
  }
}

Answer ServerProcess::action(const std::string& target, const Json& request) const {
  ClientRequest call;
  call.method = "POST";
  call.url = url_ + "/";
  call.headers.set("X-Amz-Target", target);
  call.headers.set("Content-Type", "application/x-amz-json-1.0");
  call.body = asl::to_text(request);
  return send(std::move(call));
}

Answer ServerProcess::put(const std::string& path, const std::string& body) const {
  ClientRequest call;
  call.method = "PUT";
  call.url = url_ + path;
  call.headers.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");  // so that it is one of S3
  call.body = body;
  return send(std::move(call));
}

std::int64_t ServerProcess::memory(const std::string& figure) const {
  const std::string status = read_file("/proc/" + std::to_string(pid_) + "/status");
  const std::size_t line = status.find(figure + ":");
  if (line == std::string::npos) throw std::runtime_error("no such figure: " + figure);
  return std::stoll(status.substr(line + figure.size() + 1)) * 1024;
}

Answer ServerProcess::get(const std::string& path, const Headers& headers) const {
  ClientRequest call;
  call.url = url_ + path;
  call.headers = headers;
  if (path.starts_with("/bucket/")) call.headers.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
  return send(std::move(call));
}

Answer ServerProcess::post(const std::string& path,
                           const Json& body,
                           const Headers& headers) const {
  ClientRequest call;
  call.method = "POST";
  call.url = url_ + path;
  call.headers = headers;
  call.headers.set("Content-Type", "application/json");
  call.body = asl::to_text(body);
  return send(std::move(call));
}

bool eventually(const std::function<bool()>& holds, std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kLookEvery);
  }
  return true;
}

}  // namespace pawl::engine
