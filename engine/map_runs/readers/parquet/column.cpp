#include "engine/map_runs/readers/parquet/column.h"

#include <algorithm>
#include <cstring>

#include "engine/map_runs/item_source.h"

namespace pawl::engine::parquet {

namespace {

enum PageType { kDataPage = 0, kDictionaryPage = 2, kDataPageV2 = 3 };
enum DictionaryEncoding { kPlainDictionary = 2, kRleDictionary = 8 };
constexpr std::int64_t kBitPackedLevels = 4;
constexpr std::int64_t kPageBytesMax = 256 << 20;
constexpr std::int64_t kHeaderBytes = 4 << 10;  // at first; statistics can make it longer
constexpr std::int64_t kHeaderBytesMax = 16 << 20;

[[noreturn]] void bad_page() { throw ReaderFault("A page of the Parquet file is malformed."); }

struct PageHeader {
  ThriftStruct fields;
  std::int64_t size = 0;
};

PageHeader header_at(RandomFile& file, std::int64_t offset) {
  for (std::int64_t bytes = kHeaderBytes; bytes <= kHeaderBytesMax; bytes *= 8) {
    const std::string head = file.read(offset, bytes);
    ThriftReader reader(head);
    try {
      ThriftStruct fields = reader.read_struct();
      return {std::move(fields), static_cast<std::int64_t>(reader.position())};
    } catch (const ThriftTruncated&) {
      if (static_cast<std::int64_t>(head.size()) < bytes) bad_page();
    }
  }
  bad_page();
}

// Version 1 writes the length of levels before them; takes them off the front of `bytes`.
std::vector<std::uint32_t> take_levels(std::string_view& bytes,
                                       int largest,
                                       std::int64_t encoding,
                                       std::int64_t count) {
  const int bits = bits_for(largest);
  if (bits == 0) return {};
  if (encoding == kBitPackedLevels) {
    const auto size = static_cast<std::size_t>((count * bits + 7) / 8);
    if (size > bytes.size()) bad_page();
    auto levels = decode_bit_packed(bytes.substr(0, size), bits, count);
    bytes.remove_prefix(size);
    return levels;
  }
  std::uint32_t size = 0;
  if (bytes.size() < sizeof size) bad_page();
  std::memcpy(&size, bytes.data(), sizeof size);
  bytes.remove_prefix(sizeof size);
  if (size > bytes.size()) bad_page();
  auto levels = decode_hybrid(bytes.substr(0, size), bits, count);
  bytes.remove_prefix(size);
  return levels;
}

}  // namespace

bool ColumnCursor::has_entry() {
  while (at_ == entries_) {
    if (seen_ >= chunk_.values) return false;
    load_page();
  }
  return true;
}

int ColumnCursor::definition() const {
  return definitions_.empty() ? leaf_.max_definition : static_cast<int>(definitions_[at_]);
}

int ColumnCursor::repetition() const {
  return repetitions_.empty() ? 0 : static_cast<int>(repetitions_[at_]);
}

asl::Json ColumnCursor::take() {
  const bool is_there = definition() == leaf_.max_definition;
  ++at_;
  if (!is_there) return nullptr;
  if (value_at_ == values_.size()) bad_page();
  return std::move(values_[value_at_++]);
}

void ColumnCursor::load_page() {
  const PageHeader header = header_at(file_, next_page_);
  const std::int64_t packed_size = integer(header.fields, 3, -1);
  const std::int64_t size = integer(header.fields, 2, -1);
  if (packed_size < 0 || packed_size > kPageBytesMax || size < 0 || size > kPageBytesMax) {
    bad_page();
  }
  const std::string packed = file_.read(next_page_ + header.size, packed_size);
  if (static_cast<std::int64_t>(packed.size()) != packed_size) bad_page();
  next_page_ += header.size + packed_size;
  const std::int64_t type = integer(header.fields, 1);
  if (type == kDictionaryPage) {
    const ThriftStruct* fields = structure(header.fields, 7);
    if (fields == nullptr) bad_page();
    const std::string bytes = page_bytes(header.fields, packed);
    dictionary_ = json_values(leaf_, decode_values(leaf_, {0, bytes, integer(*fields, 1)}));
  } else if (type == kDataPage) {
    take_data_page(header.fields, page_bytes(header.fields, packed));
  } else if (type == kDataPageV2) {
    take_data_page_v2(header.fields, packed);
  }  // others (an index) are passed over
}

std::string ColumnCursor::page_bytes(const ThriftStruct& header, std::string_view packed) const {
  return unpack(chunk_.codec, packed, static_cast<std::size_t>(integer(header, 2)));
}

void ColumnCursor::take_data_page(const ThriftStruct& header, std::string bytes) {
  const ThriftStruct* fields = structure(header, 5);
  if (fields == nullptr) bad_page();
  const std::int64_t count = integer(*fields, 1);
  if (count < 0 || count > chunk_.values) bad_page();
  std::string_view rest = bytes;
  repetitions_ = take_levels(rest, leaf_.max_repetition, integer(*fields, 4), count);
  definitions_ = take_levels(rest, leaf_.max_definition, integer(*fields, 3), count);
  take_values(integer(*fields, 2), rest, count);
}

// Version 2 leaves the levels unpacked, and says their lengths in the header.
void ColumnCursor::take_data_page_v2(const ThriftStruct& header, std::string_view bytes) {
  const ThriftStruct* fields = structure(header, 8);
  if (fields == nullptr) bad_page();
  const std::int64_t count = integer(*fields, 1);
  const auto definitions = static_cast<std::size_t>(integer(*fields, 5));
  const auto repetitions = static_cast<std::size_t>(integer(*fields, 6));
  const auto size = static_cast<std::size_t>(integer(header, 2));
  if (count < 0 || count > chunk_.values || repetitions > bytes.size() ||
      definitions > bytes.size() - repetitions || size < repetitions + definitions) {
    bad_page();
  }
  const int repetition_bits = bits_for(leaf_.max_repetition);
  const int definition_bits = bits_for(leaf_.max_definition);
  repetitions_.clear();
  definitions_.clear();
  if (repetition_bits > 0) {
    repetitions_ = decode_hybrid(bytes.substr(0, repetitions), repetition_bits, count);
  }
  if (definition_bits > 0) {
    definitions_ = decode_hybrid(bytes.substr(repetitions, definitions), definition_bits, count);
  }
  const std::string_view packed = bytes.substr(repetitions + definitions);
  const bool is_packed = integer(*fields, 7, 1) != 0;
  const std::string values = is_packed
                                 ? unpack(chunk_.codec, packed, size - repetitions - definitions)
                                 : std::string(packed);
  take_values(integer(*fields, 4), values, count);
}

void ColumnCursor::take_values(std::int64_t encoding,
                               std::string_view bytes,
                               std::int64_t entries) {
  entries_ = static_cast<std::size_t>(entries);
  seen_ += entries;
  at_ = 0;
  value_at_ = 0;
  const auto defined = static_cast<std::uint32_t>(leaf_.max_definition);
  const std::int64_t count = definitions_.empty()
                                 ? entries
                                 : std::count(definitions_.begin(), definitions_.end(), defined);
  if (encoding != kPlainDictionary && encoding != kRleDictionary) {
    values_ = json_values(leaf_, decode_values(leaf_, {encoding, bytes, count}));
    return;
  }
  values_.clear();
  if (count == 0) return;
  if (bytes.empty()) bad_page();
  const int bits = static_cast<std::uint8_t>(bytes.front());
  for (const std::uint32_t index : decode_hybrid(bytes.substr(1), bits, count)) {
    if (index >= dictionary_.size()) bad_page();
    values_.push_back(dictionary_[index]);
  }
}

}  // namespace pawl::engine::parquet
