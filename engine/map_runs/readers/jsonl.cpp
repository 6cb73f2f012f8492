// JSON Lines: one item a line.
#include "asl/text.h"
#include "engine/map_runs/bytes.h"
#include "engine/map_runs/readers/readers.h"

namespace pawl::engine {

namespace {

class JsonlReader final : public ItemSource {
 public:
  explicit JsonlReader(const ItemFile& file)
      : bytes_(open_bytes(file.path, file.key)), source_(file.source()) {}

  std::optional<ReadItem> next() override {
    while (bytes_.peek() != ByteReader::kEnd) {
      const std::string line = read_line();
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      auto parsed = asl::parse_text(line);
      if (const auto* fault = std::get_if<asl::TextError>(&parsed)) {
        throw ReaderFault("The input file is not valid JSONL: line " + std::to_string(lines_) +
                          ": " + fault->message);
      }
      return ReadItem{std::get<asl::Json>(std::move(parsed)), std::nullopt, source_};
    }
    return std::nullopt;
  }

 private:
  std::string read_line() {
    std::string line;
    ++lines_;
    for (int byte = bytes_.take(); byte != ByteReader::kEnd && byte != '\n'; byte = bytes_.take()) {
      line += static_cast<char>(byte);
      if (line.size() > kItemBytesMax) throw ReaderFault("A line exceeds the size of an item.");
    }
    return line;
  }

  ByteReader bytes_;
  const std::string source_;
  std::int64_t lines_ = 0;
};

}  // namespace

std::unique_ptr<ItemSource> read_jsonl(const ItemFile& file, const asl::Json&) {
  return std::make_unique<JsonlReader>(file);
}

}  // namespace pawl::engine
