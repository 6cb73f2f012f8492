#include "engine/security/tokens.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "asl/text.h"
#include "engine/files/files.h"
#include "engine/http/hash.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr std::size_t kNameMax = 80;
constexpr std::size_t kRandomBytes = 32;

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw std::runtime_error("the tokens in " + path + " cannot be " + why);
}

// The file belongs to whoever the folder belongs to, so that root can make tokens for a server that
// runs as somebody else.
void give_to_owner_of_folder(const std::string& folder, int fd) {
  struct stat status {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0) return;
  [[maybe_unused]] const int ignored = ::fchown(fd, status.st_uid, status.st_gid);
}

// Held while the file is read, changed and written.
Fd locked(const std::string& path) {
  // The first token is made before the server has ever run.
  std::error_code ignored;
  std::filesystem::create_directories(parent_folder(path), ignored);
  const std::string name = path + ".lock";
  Fd lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!lock) fail(path, std::string("changed: ") + std::strerror(errno));
  give_to_owner_of_folder(parent_folder(path), lock.get());
  while (::flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) fail(path, std::string("changed: ") + std::strerror(errno));
  }
  return lock;
}

bool is_token_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

// [spec] "base64url" without padding. https://www.rfc-editor.org/rfc/rfc4648#section-5
std::string base64url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6)
      text += kDigits[(bits >> static_cast<unsigned>(held - 6)) & 63U];
  }
  if (held > 0) text += kDigits[(bits << static_cast<unsigned>(6 - held)) & 63U];
  return text;
}

std::optional<asl::Timestamp> time_in(const Json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end() || !found->is_string()) return std::nullopt;
  return asl::parse_timestamp(found->get<std::string>());
}

Token token_of(const std::string& path, const Json& row) {
  if (!row.is_object()) fail(path, "read: a token is no object");
  const auto scope = parse_scope(row.value("scope", ""));
  const auto created = time_in(row, "createdAt");
  const auto expires = time_in(row, "expiresAt");
  Token token{row.value("name", ""),
              scope.value_or(Scope::kRead),
              row.value("sha256", ""),
              created.value_or(asl::Timestamp{}),
              expires};
  // A token whose end cannot be read must not become one without an end.
  if (!scope || !created || token.sha256.size() != 64 || !is_token_name(token.name) ||
      row.contains("expiresAt") != expires.has_value()) {
    fail(path, "read: a token lacks what it needs");
  }
  return token;
}

std::vector<Token> read_tokens(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    if (std::filesystem::exists(path)) fail(path, "read");
    return {};
  }
  std::ostringstream text;
  text << in.rdbuf();
  const auto parsed = asl::parse_text(text.str());
  const Json* document = std::get_if<Json>(&parsed);
  if (document == nullptr || !document->is_object() || !document->contains("tokens") ||
      !document->at("tokens").is_array()) {
    fail(path, "read: it is no file of tokens");
  }
  std::vector<Token> tokens;
  try {
    for (const Json& row : document->at("tokens")) tokens.push_back(token_of(path, row));
  } catch (const Json::exception&) {
    fail(path, "read: a token has a member of another type");
  }
  return tokens;
}

Json row_of(const Token& token) {
  Json row = {{"name", token.name},
              {"scope", to_string(token.scope)},
              {"sha256", token.sha256},
              {"createdAt", asl::format_timestamp(token.created_at)}};
  if (token.expires_at) row["expiresAt"] = asl::format_timestamp(*token.expires_at);
  return row;
}

}  // namespace

std::string TokenFile::create(const NewToken& wanted) {
  if (!is_token_name(wanted.name)) {
    throw std::runtime_error(
        "'" + wanted.name + "' is no name of a token: use up to 80 letters, digits, '.', '_', '-'");
  }
  const Fd lock = locked(path_);
  std::vector<Token> tokens = read_tokens(path_);
  for (const Token& token : tokens) {
    if (token.name == wanted.name)
      throw std::runtime_error("there is a token " + wanted.name + " already: revoke it first");
  }
  std::string text = std::string(kTokenPrefix) + base64url(hash::random_bytes(kRandomBytes));
  tokens.push_back({wanted.name,
                    wanted.scope,
                    hash::hex(hash::sha256(text)),
                    wanted.created_at,
                    wanted.expires_at});
  write(tokens);
  return text;
}

bool TokenFile::revoke(const std::string& name) {
  const Fd lock = locked(path_);
  std::vector<Token> tokens = read_tokens(path_);
  const auto removed =
      std::erase_if(tokens, [&name](const Token& token) { return token.name == name; });
  if (removed > 0) write(tokens);
  return removed > 0;
}

std::vector<Token> TokenFile::list() const { return read_tokens(path_); }

void TokenFile::write(const std::vector<Token>& tokens) const {
  Json rows = Json::array();
  for (const Token& token : tokens) rows.push_back(row_of(token));
  const std::string text = asl::to_text({{"tokens", std::move(rows)}}) + "\n";
  const auto give = [this](int fd) { give_to_owner_of_folder(parent_folder(path_), fd); };
  try {
    replace_file(
        path_, text, {.mode = S_IRUSR | S_IWUSR, .scratch = path_ + ".new", .prepare = give});
  } catch (const std::system_error& error) {
    fail(path_, "written: " + error.code().message());
  }
}

TokenFile::Version TokenFile::version_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_ino,
          status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
          status.st_size};
}

std::function<void()> TokenFile::read_again() {
  return [this, version = version_of(path_), tokens = read_tokens(path_)] {
    const std::lock_guard guard(mutex_);
    tokens_ = tokens;
    read_ = version;
  };
}

std::optional<Token> TokenFile::find(std::string_view text) {
  if (!text.starts_with(kTokenPrefix)) return std::nullopt;
  const std::string wanted = hash::hex(hash::sha256(text));
  const std::lock_guard guard(mutex_);
  const Version now = version_of(path_);
  if (now != read_) {
    try {
      tokens_ = read_tokens(path_);
    } catch (const std::runtime_error& error) {
      spdlog::error("the tokens count as they were: {}", error.what());
    }
    read_ = now;
  }
  std::optional<Token> found;
  for (const Token& token : tokens_) {
    if (hash::equal(token.sha256, wanted)) found = token;
  }
  return found;
}

}  // namespace pawl::engine
