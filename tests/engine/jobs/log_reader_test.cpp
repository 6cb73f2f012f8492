#include "engine/jobs/log_reader.h"

#include <fstream>

#include "engine/jobs/log_capture.h"
#include "tests/engine/jobs/job_fixture.h"

namespace pawl::engine {
namespace {

constexpr std::int64_t kNoon = 1714564800000;

class LogReading : public testing::Test {
 protected:
  void write(const std::string& tag, const std::string& text, std::int64_t at_ms) {
    LogWriter(file_, 10U << 20).line(tag, text, at_ms);
  }
  std::string text_of_lines(LogReader& reader, bool is_whole = true) {
    std::string all;
    while (reader.read(is_whole, [&](std::string_view line, std::uint64_t) {
      all += std::string(parse_log_line(line).value_or(LogLine{0, "", line}).text) + "|";
    })) {
    }
    return all;
  }
  std::string selected(LogSelection selection) {
    LogReader reader(file_, std::move(selection));
    return text_of_lines(reader);
  }

  const ScratchFolder scratch_;
  const std::string file_ = scratch_.path() + "/log";
};

TEST_F(LogReading, StreamsAreToldApart) {
  write("out", "one", kNoon);
  write("err", "two", kNoon);
  write("sys", "three", kNoon);
  EXPECT_EQ(selected({}), "one|two|three|");
  EXPECT_EQ(selected({.tag = "out"}), "one|");
  EXPECT_EQ(selected({.tag = "err"}), "two|");
  EXPECT_EQ(selected({.tag = "sys"}), "three|");
}

TEST_F(LogReading, BeginsWithTheFirstLineOfATimeOrLater) {
  write("out", "before", kNoon - 1);
  write("out", "at", kNoon);
  write("err", "after", kNoon + 1);
  EXPECT_EQ(selected({.since_ms = kNoon}), "at|after|");
  EXPECT_EQ(selected({.since_ms = kNoon, .tag = "err"}), "after|");
  EXPECT_EQ(selected({.since_ms = kNoon + 2}), "");
}

TEST_F(LogReading, GoesOnWhereItWasWithWhatHasComeSince) {
  LogReader reader(file_, {});
  EXPECT_EQ(text_of_lines(reader), "") << "there is no file yet";
  write("out", "one", kNoon);
  EXPECT_EQ(text_of_lines(reader), "one|");
  EXPECT_EQ(text_of_lines(reader), "");
  write("out", "two", kNoon);
  EXPECT_EQ(text_of_lines(reader), "two|");
  EXPECT_EQ(reader.offset(), reader.size());
}

TEST_F(LogReading, EachLineSaysWhereTheNextBegins) {
  write("out", "one", kNoon);
  write("out", "two", kNoon);
  LogReader reader(file_, {});
  std::vector<std::uint64_t> ends;
  reader.read(true, [&](std::string_view, std::uint64_t end) { ends.push_back(end); });
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_EQ(selected({.offset = ends[0]}), "two|");
  EXPECT_EQ(selected({.offset = ends[1]}), "");
  EXPECT_EQ(selected({.offset = ends[1] + 1000}), "");
}

TEST_F(LogReading, ALineThatIsBeingWrittenWaitsForItsEndUnlessNothingFollows) {
  std::ofstream(file_) << "2024-05-01T12:00:00.000Z out half";
  LogReader reader(file_, {});
  EXPECT_EQ(text_of_lines(reader, false), "");
  EXPECT_EQ(text_of_lines(reader, true), "half|");
}

TEST_F(LogReading, OfALineThatAnOffsetCutsTheRestIsShownUnlessLinesAreChosen) {
  write("out", "one", kNoon);
  write("out", "two", kNoon);
  EXPECT_EQ(selected({.offset = 29}), "one|two|");
  EXPECT_EQ(selected({.offset = 29, .tag = "out"}), "two|");
}

TEST_F(LogReading, LongLinesAndManyOfThemAreReadInParts) {
  const std::string longest(LineSplitter::kLineBytesMax, 'x');
  for (int i = 0; i < 5; ++i) write("out", longest, kNoon);
  LogReader reader(file_, {});
  int lines = 0;
  int parts = 0;
  while (reader.read(true, [&](std::string_view line, std::uint64_t) {
    EXPECT_EQ(line.size(), longest.size() + 29);
    ++lines;
  })) {
    ++parts;
  }
  EXPECT_EQ(lines, 5);
  EXPECT_GT(parts, 1);
}

}  // namespace
}  // namespace pawl::engine
