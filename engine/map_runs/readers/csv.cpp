// CSV: the first row, or CSVHeaders, names the columns; every field is a string.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
#include <set>

#include "engine/map_runs/bytes.h"
#include "engine/map_runs/readers/readers.h"

namespace pawl::engine {

namespace {

using asl::Json;

char delimiter_of(const Json& config) {
  const std::string name = config_text(config, "CSVDelimiter");
  if (name == "PIPE") return '|';
  if (name == "SEMICOLON") return ';';
  if (name == "SPACE") return ' ';
  if (name == "TAB") return '\t';
  return ',';
}

class CsvReader final : public ItemSource {
 public:
  CsvReader(const ItemFile& file, const Json& config)
      : bytes_(open_bytes(file.path, file.key)),
        delimiter_(delimiter_of(config)),
        source_(file.source()) {
    skip_byte_order_mark();
    if (config_text(config, "CSVHeaderLocation") == "GIVEN") {
      for (const Json& name : config.at("CSVHeaders")) headers_.push_back(name.get<std::string>());
    } else if (auto row = read_row()) {
      headers_ = *std::move(row);
    }
    if (std::set<std::string>(headers_.begin(), headers_.end()).size() != headers_.size()) {
      throw ReaderFault("CSV headers cannot contain duplicates.");
    }
  }

  std::optional<ReadItem> next() override {
    auto row = read_row();
    if (!row) return std::nullopt;
    // [seen] A long row is cut, a short one filled up.
    row->resize(headers_.size());
    Json item = Json::object();
    for (std::size_t i = 0; i < headers_.size(); ++i) item[headers_[i]] = std::move((*row)[i]);
    return ReadItem{std::move(item), std::nullopt, source_};
  }

 private:
  void skip_byte_order_mark() {
    if (bytes_.peek() != 0xEF) return;
    for (int i = 0; i < 3; ++i) bytes_.take();
  }

  // Lines without anything are no rows.
  std::optional<std::vector<std::string>> read_row() {
    while (bytes_.peek() == '\n' || bytes_.peek() == '\r') bytes_.take();
    if (bytes_.peek() == ByteReader::kEnd) return std::nullopt;
    std::vector<std::string> row;
    std::size_t size = 0;
    bool more = true;
    while (more) {
      std::string field;
      more = read_field(field);
      size += field.size();
      if (size > kItemBytesMax) throw ReaderFault("A CSV row exceeds the size of an item.");
      row.push_back(std::move(field));
    }
    return row;
  }

  // False when the row ends with it.
  bool read_field(std::string& field) {
    bool quoted = false;
    if (bytes_.peek() == '"') {
      bytes_.take();
      quoted = true;
    }
    while (true) {
      const int byte = bytes_.take();
      if (byte == ByteReader::kEnd) return false;
      if (byte == '\\') {
        const int escaped = bytes_.peek();
        if (escaped == '"' || escaped == '\\' || escaped == delimiter_) {
          field += static_cast<char>(bytes_.take());
        } else {
          field += '\\';
        }
      } else if (quoted && byte == '"') {
        if (bytes_.peek() == '"') {
          field += static_cast<char>(bytes_.take());
        } else {
          quoted = false;
        }
      } else if (!quoted && byte == delimiter_) {
        return true;
      } else if (!quoted && (byte == '\n' || byte == '\r')) {
        if (byte == '\r' && bytes_.peek() == '\n') bytes_.take();
        return false;
      } else {
        field += static_cast<char>(byte);
        if (field.size() > kItemBytesMax)
          throw ReaderFault("A CSV row exceeds the size of an item.");
      }
    }
  }

  ByteReader bytes_;
  const char delimiter_;
  const std::string source_;
  std::vector<std::string> headers_;
};

}  // namespace

std::unique_ptr<ItemSource> read_csv(const ItemFile& file, const Json& config) {
  return std::make_unique<CsvReader>(file, config);
}

}  // namespace pawl::engine
