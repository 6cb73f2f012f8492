// Bearer tokens: a file that `pawl token` writes and the server reads. A token is shown once, when
// it is made; only its SHA-256 is kept.
//
//   {"tokens": [{"name": "ci", "scope": "run", "sha256": "...", "createdAt": "...",
//                "expiresAt": "..."}]}
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/timestamp.h"
#include "engine/http/access.h"

namespace pawl::engine {

struct Token {
  std::string name;
  Scope scope = Scope::kRead;
  std::string sha256;  // of its text, in hexadecimal digits
  asl::Timestamp created_at{};
  std::optional<asl::Timestamp> expires_at;  // nullopt: never

  bool is_expired(asl::Timestamp now) const { return expires_at && *expires_at <= now; }
};

// What may be asked for besides its text, which is made here.
struct NewToken {
  std::string name;  // [A-Za-z0-9._-]{1,80}
  Scope scope = Scope::kRead;
  asl::Timestamp created_at{};
  std::optional<asl::Timestamp> expires_at;
};

// Thread-safe, and safe against other processes: each change reads, writes a new file and puts it
// in the place of the old one, under a lock. A file that is not there has no tokens.
class TokenFile {
 public:
  explicit TokenFile(std::string path) : path_(std::move(path)) {}

  // The text of the new token ("pawl_" and 43 characters: 256 random bits). Throws
  // std::runtime_error: a name that is taken or none, a file that cannot be read or written.
  std::string create(const NewToken& wanted);
  // False when there is none of this name.
  bool revoke(const std::string& name);
  // As the file is now. Throws std::runtime_error when it is there and cannot be read.
  std::vector<Token> list() const;

  // Reads the file although it may look unchanged; what it gives puts the tokens in force. Throws
  // std::runtime_error when the file cannot be read.
  std::function<void()> read_again();
  // The token of that text, expired or not. Notices when the file has changed; one that has become
  // unreadable counts as it was before, and is logged.
  std::optional<Token> find(std::string_view text);

 private:
  struct Version {
    ino_t inode = 0;
    std::int64_t changed_ns = 0;
    off_t bytes = -1;
    friend bool operator==(const Version&, const Version&) = default;
  };
  static Version version_of(const std::string& path);
  void write(const std::vector<Token>& tokens) const;

  const std::string path_;
  std::mutex mutex_;
  Version read_;
  std::vector<Token> tokens_;
};

inline constexpr std::string_view kTokenPrefix = "pawl_";

}  // namespace pawl::engine
