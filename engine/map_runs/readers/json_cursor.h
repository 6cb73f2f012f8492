// A place in a JSON text that is read once from its beginning: values are taken one by one, and the
// whole is never held.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/map_runs/bytes.h"

namespace pawl::engine {

class JsonCursor {
 public:
  explicit JsonCursor(std::unique_ptr<Bytes> bytes) : bytes_(std::move(bytes)) {}

  // The next character that is no white space; ByteReader::kEnd at the end.
  int peek();
  // Takes it when it is `wanted`.
  bool take(char wanted);
  void expect(char wanted);
  // The value that begins here, parsed. Throws ReaderFault: no JSON, larger than an item may be.
  asl::Json value();
  void skip_value();
  // REQUIRES: a string begins here.
  std::string string();

 private:
  // Copies the value's text to `out`, or passes over it.
  void scan(std::string* out);
  void scan_string(std::string* out);
  void put(std::string* out, int byte);

  ByteReader bytes_;
};

}  // namespace pawl::engine
