// JSONPath as AWS evaluates it (Jayway's dialect), compiled once per definition.
// [spec] https://states-language.net/spec.html#path
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "asl/json.h"
#include "asl/result.h"
#include "asl/scope_data.h"

namespace pawl::asl {

struct PathSyntaxError {
  std::string message;  // what is wrong, and at which character
};

// What a path selects: a value that stands in one of the documents, or one made from several.
class Selection {
 public:
  explicit Selection(const Json* found) : found_(found) {}
  explicit Selection(Json made) : made_(std::move(made)) {}

  // Good as long as the documents and this object are.
  const Json& value() const { return found_ != nullptr ? *found_ : made_; }
  Json take() && { return found_ != nullptr ? *found_ : std::move(made_); }

 private:
  const Json* found_ = nullptr;
  Json made_;
};

// Why a path selects nothing, in Jayway's words: "No results for path: $['X']".
struct PathMiss {
  enum class Kind {
    kNotFound,
    kIndexPastEnd,   // of the path's last step: null in payload templates [seen]
    kNotApplicable,  // an index into something that is no array, and the like
  };
  Kind kind = Kind::kNotFound;
  std::string text;
};

// A compiled path: "$.a[0]", "$$.Execution.Id", "$variable.a". Immutable, cheap to copy,
// thread-safe.
class Path {
 public:
  static std::variant<Path, PathSyntaxError> parse(std::string_view text);

  const std::string& text() const;      // as written
  bool is_root() const;                 // exactly "$": the input itself, handed on without a copy
  bool is_definite() const;             // selects at most one value
  bool reads_context() const;           // starts with $$
  const std::string& variable() const;  // the variable it starts at, without $; empty for $ and $$

  // Copies nothing when the path is definite.
  std::variant<Selection, PathMiss> select(const Documents& documents) const;

  // The value selected (an indefinite path gives an array). On a miss the error's cause is Jayway's
  // bare text, such as "No results for path: $['X']" or "Missing property in path $['no']"; the
  // caller words the whole sentence.
  Result<Json> read(const Documents& documents) const;

  struct Compiled;
  const Compiled& compiled() const { return *compiled_; }

 private:
  explicit Path(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

// [spec] "A Reference Path is a Path with syntax limited in such a way that it can only identify a
// single node": names and integer indexes only.
class ReferencePath {
 public:
  // The error is AWS's: "Reference path didn't start with '$'" and the like.
  static std::variant<ReferencePath, PathSyntaxError> parse(std::string_view text);

  const std::string& text() const;
  bool is_root() const;
  Result<Json> read(const Documents& documents) const;
  const Path& path() const { return path_; }

  // [spec] ResultPath: `document` with `value` at this place; objects on the way are made. Fails
  // with States.ResultPathMatchFailure where the place cannot be (a member of something that is no
  // object).
  Result<Json> write(const Json& document, Json value) const;

 private:
  explicit ReferencePath(Path path) : path_(std::move(path)) {}
  Path path_;
};

}  // namespace pawl::asl
