// Apache Parquet: every row is an item. Reads a page of each column at a time.
// [spec] https://github.com/apache/parquet-format
#include "engine/map_runs/readers/parquet/column.h"
#include "engine/map_runs/readers/parquet/schema.h"
#include "engine/map_runs/readers/readers.h"

namespace pawl::engine {

namespace {

using asl::Json;
using parquet::ColumnCursor;
using parquet::Meaning;
using parquet::Node;
using parquet::Repetition;

const Node& first_leaf(const Node& node) {
  const Node* at = &node;
  while (!at->is_leaf()) at = &at->children.front();
  return *at;
}

class ParquetReader final : public ItemSource {
 public:
  explicit ParquetReader(const ItemFile& file)
      : file_(file.path), metadata_(parquet::read_metadata(file_)), source_(file.source()) {}

  std::optional<ReadItem> next() override {
    while (rows_left_ == 0) {
      if (group_ == metadata_->row_groups.size()) return std::nullopt;
      open_group(metadata_->row_groups[group_++]);
    }
    --rows_left_;
    return ReadItem{members_of(metadata_->root), std::nullopt, source_};
  }

 private:
  void open_group(const parquet::RowGroup& group) {
    cursors_.clear();
    for (std::size_t i = 0; i < metadata_->leaves.size(); ++i) {
      cursors_.emplace_back(file_, *metadata_->leaves[i], group.columns[i]);
    }
    rows_left_ = group.rows;
  }

  ColumnCursor& cursor(const Node& leaf) {
    ColumnCursor& out = cursors_[static_cast<std::size_t>(leaf.column)];
    if (!out.has_entry()) throw ReaderFault("A column of the Parquet file ends too early.");
    return out;
  }
  int definition_of(const Node& node) { return cursor(first_leaf(node)).definition(); }

  // What is not there takes one entry of every column below it.
  void pass_over(const Node& node) {
    if (node.is_leaf()) cursor(node).take();
    for (const Node& child : node.children) pass_over(child);
  }

  Json members_of(const Node& group) {
    Json out = Json::object();
    for (const Node& child : group.children) out[child.name] = field(child);
    return out;
  }

  Json field(const Node& node) {
    if (node.repetition != Repetition::kRepeated) return value(node);
    Json out = Json::array();
    each(node, [&] { out.push_back(node.is_leaf() ? cursor(node).take() : members_of(node)); });
    return out;
  }

  Json value(const Node& node) {
    if (node.is_leaf()) return cursor(node).take();
    if (definition_of(node) < node.max_definition) {
      pass_over(node);
      return nullptr;
    }
    const bool has_one = node.children.size() == 1;
    if (has_one && node.children.front().repetition == Repetition::kRepeated) {
      if (node.meaning == Meaning::kList) return list_of(node);
      if (node.meaning == Meaning::kMap && node.children.front().children.size() == 2) {
        return map_of(node.children.front());
      }
    }
    return members_of(node);
  }

  // [spec] LogicalTypes.md, "Lists", with its rules for older writers.
  Json list_of(const Node& list) {
    const Node& repeated = list.children.front();
    const bool is_wrapped = repeated.children.size() == 1 && repeated.name != "array" &&
                            repeated.name != list.name + "_tuple";
    Json out = Json::array();
    each(repeated, [&] {
      if (repeated.is_leaf()) {
        out.push_back(cursor(repeated).take());
      } else {
        out.push_back(is_wrapped ? field(repeated.children.front()) : members_of(repeated));
      }
    });
    return out;
  }

  Json map_of(const Node& entries) {
    Json out = Json::object();
    each(entries, [&] {
      const Json key = field(entries.children.front());
      Json content = field(entries.children.back());
      out[key.is_string() ? key.get<std::string>() : key.dump()] = std::move(content);
    });
    return out;
  }

  // Once for each element of what repeats.
  template <class Element>
  void each(const Node& repeated, Element element) {
    if (definition_of(repeated) < repeated.max_definition) return pass_over(repeated);
    ColumnCursor& first = cursor(first_leaf(repeated));
    do {
      element();
    } while (first.has_entry() && first.repetition() == repeated.max_repetition);
  }

  parquet::RandomFile file_;
  const std::unique_ptr<const parquet::FileMetadata> metadata_;
  const std::string source_;
  std::vector<ColumnCursor> cursors_;
  std::size_t group_ = 0;
  std::int64_t rows_left_ = 0;
};

}  // namespace

std::unique_ptr<ItemSource> read_parquet(const ItemFile& file, const Json&) {
  return std::make_unique<ParquetReader>(file);
}

}  // namespace pawl::engine
