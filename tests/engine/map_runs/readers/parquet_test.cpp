// Parquet files that another program wrote (DuckDB): the same nine rows in both versions of its
// pages and in every codec, with nulls, lists, structures and maps.
#include <algorithm>

#include "tests/engine/map_runs/item_files.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

using testing::read_all;
using testing::TemporaryFolder;
using Lines = std::vector<std::string>;

const std::string kFolder =
    std::string(test::kSourceFolder) + "/tests/engine/map_runs/readers/parquet/";
const asl::Json kParquet = {{"InputType", "PARQUET"}};

Lines rows_of(const std::string& name) {
  return read_all({kFolder + name, "bucket", name, nullptr}, kParquet);
}

std::string bytes_of(const std::string& name) {
  std::ifstream in(kFolder + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class ParquetFile : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Kinds,
                         ParquetFile,
                         ::testing::Values("gzip_v1.parquet",
                                           "plain_v2.parquet",
                                           "snappy_v1.parquet",
                                           "zstd_v2.parquet"));

TEST_P(ParquetFile, GivesEveryRowWithItsTypes) {
  const Lines rows = rows_of(GetParam());
  ASSERT_EQ(rows.size(), 9U) << rows.back();
  EXPECT_EQ(rows[0],
            R"({"id":0,"big":0,"flag":true,"real":0.0,"single":0.0,"name":null,)"
            R"("day":"2024-02-29","at":1709210096789,"price":"0.00","list":null,)"
            R"("pair":{"x":0,"y":null},"m":{"k0":0,"l":null},"nested":[[0],[],[0,0]],"u8":0,)"
            R"("u64":18446744073709550000,"clock":"01:02:03.5",)"
            R"("uuid":"00112233-4455-6677-8899-aabbccddee00","deep":[{"a":0,"b":["s0"]}]})");
  EXPECT_EQ(rows[1],
            R"({"id":1,"big":1000000007,"flag":false,"real":0.25,"single":0.125,)"
            R"("name":"name-1","day":"2024-03-01","at":1709210097789,"price":"0.01","list":[],)"
            R"("pair":{"x":1,"y":"y1"},"m":{"k1":1,"l":null},"nested":[[1],[],[1,1]],"u8":1,)"
            R"("u64":18446744073709550001,"clock":"01:02:03.5",)"
            R"("uuid":"00112233-4455-6677-8899-aabbccddee01","deep":[{"a":1,"b":["s1"]}]})");
  EXPECT_NE(rows[6].find(R"("list":[6,null,7],)"), std::string::npos) << rows[6];
  EXPECT_NE(rows[8].find(R"("name":"name-1",)"), std::string::npos) << rows[8];
}

TEST_P(ParquetFile, IsTheSameInEveryKind) {
  EXPECT_EQ(rows_of(GetParam()), rows_of("plain_v2.parquet"));
}

// Whatever is broken is refused, and nothing is read beyond the file: every byte in turn.
TEST_P(ParquetFile, ThatIsBrokenIsRefusedOrReadOtherwise) {
  const TemporaryFolder folder;
  const std::string whole = bytes_of(GetParam());
  ASSERT_FALSE(whole.empty());
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    const Lines rows = read_all(folder.file("broken.parquet", broken), kParquet);
    EXPECT_LE(rows.size(), 2'000'000U);
  }
  EXPECT_EQ(read_all(folder.file("cut.parquet", whole.substr(0, whole.size() / 2)), kParquet),
            Lines{"! The input file is not a valid Parquet file."});
  EXPECT_EQ(read_all(folder.file("text.parquet", "no such thing, at any length"), kParquet),
            Lines{"! The input file is not a valid Parquet file."});
}

}  // namespace
}  // namespace pawl::engine
