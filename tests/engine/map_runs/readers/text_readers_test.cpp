// CSV, JSON and JSON Lines.
#include <zlib.h>
#include <zstd.h>

#include "tests/engine/map_runs/item_files.h"

namespace pawl::engine {
namespace {

using asl::Json;
using testing::read_all;
using testing::TemporaryFolder;
using Lines = std::vector<std::string>;

const Json kFirstRow = {{"InputType", "CSV"}, {"CSVHeaderLocation", "FIRST_ROW"}};

Json given(const Json& headers) {
  return {{"InputType", "CSV"}, {"CSVHeaderLocation", "GIVEN"}, {"CSVHeaders", headers}};
}

TEST(CsvReader, NamesFieldsByTheFirstRowAndKeepsThemAsText) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_all(folder.file("f.csv", "0,True,{}\nValue4,5,null\n"), kFirstRow),
            (Lines{R"({"0":"Value4","True":"5","{}":"null"})"}));
}

TEST(CsvReader, CutsLongRowsAndFillsShortOnes) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_all(folder.file("f.csv", "1,2,3\n4\n,,,\n   \n"), given({"a", "b"})),
            (Lines{R"({"a":"1","b":"2"})",
                   R"({"a":"4","b":""})",
                   R"({"a":"","b":""})",
                   R"({"a":"   ","b":""})"}));
}

TEST(CsvReader, UnderstandsQuotesEscapesAndEveryLineEnd) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_all(folder.file("f.csv",
                                 "\xEF\xBB\xBF"
                                 "a,b\r\n\"x,\n\"\"y\"\"\",\\\"z\r\n\r\n1,2"),
                     kFirstRow),
            (Lines{R"({"a":"x,\n\"y\"","b":"\"z"})", R"({"a":"1","b":"2"})"}));
}

TEST(CsvReader, SplitsAtTheDelimiterItIsGiven) {
  const TemporaryFolder folder;
  for (const auto& [name, character] : {std::pair("PIPE", "|"),
                                        {"SEMICOLON", ";"},
                                        {"SPACE", " "},
                                        {"TAB", "\t"},
                                        {"COMMA", ","}}) {
    Json config = given({"a", "b"});
    config["CSVDelimiter"] = name;
    EXPECT_EQ(read_all(folder.file("f.csv", std::string("1") + character + "2"), config),
              (Lines{R"({"a":"1","b":"2"})"}));
  }
}

TEST(CsvReader, RefusesDuplicateHeaders) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_all(folder.file("f.csv", "a,a\n1,2"), kFirstRow),
            Lines{"! CSV headers cannot contain duplicates."});
}

TEST(JsonReader, GivesElementsOfAnArrayAndMembersOfAnObject) {
  const TemporaryFolder folder;
  const Json config = {{"InputType", "JSON"}};
  EXPECT_EQ(read_all(folder.file("a.json", R"( [1, {"a": [2, "]"]}, "x\"y", null] )"), config),
            (Lines{"1", R"({"a":[2,"]"]})", R"("x\"y")", "null"}));
  EXPECT_EQ(read_all(folder.file("o.json", R"({"k": 1, "l": {"Key": 2}})"), config),
            (Lines{"k=1", R"(l={"Key":2})"}));
  EXPECT_EQ(read_all(folder.file("e.json", "[]"), config), Lines{});
}

TEST(JsonReader, GoesWhereItemsPointerLeads) {
  const TemporaryFolder folder;
  const ItemFile file = folder.file("f.json", R"({"x": [9], "a/b": {"c~": [[0], [1, 2]]}})");
  const auto at = [&](const char* pointer) {
    return read_all(file, {{"InputType", "JSON"}, {"ItemsPointer", pointer}});
  };
  EXPECT_EQ(at("/a~1b/c~0/1"), (Lines{"1", "2"}));
  EXPECT_EQ(at(""), (Lines{"x=[9]", R"(a/b={"c~":[[0],[1,2]]})"}));
  const Lines nowhere = {
      "! The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON "
      "structure."};
  EXPECT_EQ(at("/nope"), nowhere);
  EXPECT_EQ(at("/x/7"), nowhere);
  EXPECT_EQ(at("x"), nowhere);
}

TEST(JsonReader, RefusesWhatCannotBeIterated) {
  const TemporaryFolder folder;
  const Json config = {{"InputType", "JSON"}};
  EXPECT_EQ(read_all(folder.file("s.json", "\"text\""), config),
            Lines{"! Attempting to map over non-iterable node."});
  EXPECT_EQ(read_all(folder.file("b.json", "[1, 2"), config).back().substr(0, 35),
            "! The input file is not valid JSON:");
  EXPECT_EQ(read_all(folder.file("t.json", "[1, tru]"), config).back().substr(0, 35),
            "! The input file is not valid JSON:");
}

TEST(JsonlReader, GivesEveryLineThatIsNotBlank) {
  const TemporaryFolder folder;
  const Json config = {{"InputType", "JSONL"}};
  EXPECT_EQ(read_all(folder.file("f.jsonl", "{\"a\": 1}\r\n\n [2] \n3"), config),
            (Lines{R"({"a":1})", "[2]", "3"}));
  EXPECT_EQ(read_all(folder.file("b.jsonl", "1\nnope\n"), config)[1].substr(0, 47),
            "! The input file is not valid JSONL: line 2: Un");
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 100, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string zstandard(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

TEST(PackedFiles, AreUnpackedByTheirName) {
  const TemporaryFolder folder;
  std::string lines;
  for (int i = 0; i < 50'000; ++i) lines += std::to_string(i) + "\n";
  const Json config = {{"InputType", "JSONL"}};
  for (const ItemFile& file : {folder.file("f.jsonl.gz", gzipped(lines)),
                               folder.file("two.gz", gzipped(lines) + gzipped("50000\n")),
                               folder.file("f.jsonl.zst", zstandard(lines)),
                               folder.file("two.zst", zstandard(lines) + zstandard("50000\n"))}) {
    const Lines items = read_all(file, config);
    ASSERT_GE(items.size(), 50'000U) << file.key << " " << items.back();
    EXPECT_EQ(items[49'999], "49999");
    EXPECT_EQ(items.size(), file.key.starts_with("two") ? 50'001U : 50'000U);
  }
}

TEST(PackedFiles, ThatBreakOffAreRefused) {
  const TemporaryFolder folder;
  const std::string lines(100'000, '1');
  const std::string gzip = gzipped(lines);
  const std::string zstd = zstandard(lines);
  const Json config = {{"InputType", "JSONL"}};
  EXPECT_EQ(read_all(folder.file("f.gz", gzip.substr(0, gzip.size() / 2)), config),
            Lines{"! The input file is not a valid gzip file."});
  EXPECT_EQ(read_all(folder.file("f.zst", zstd.substr(0, zstd.size() / 2)), config),
            Lines{"! The input file is not a valid zstd file."});
  EXPECT_EQ(read_all(folder.file("x.gz", "no gzip"), config),
            Lines{"! The input file is not a valid gzip file."});
}

TEST(Readers, AreListedInOrderAndRefuseOthersByName) {
  const auto& rows = reader_rows();
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.input_type < b.input_type;
  }));
  const TemporaryFolder folder;
  EXPECT_EQ(read_all(folder.file("f", ""), {{"InputType", "XML"}}),
            Lines{"! InputType XML is not supported."});
}

}  // namespace
}  // namespace pawl::engine
