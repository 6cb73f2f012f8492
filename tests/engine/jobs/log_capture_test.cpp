#include "engine/jobs/log_capture.h"

#include "tests/engine/jobs/job_fixture.h"

namespace pawl::engine {
namespace {

std::vector<std::string> split(const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  LineSplitter splitter;
  const auto sink = [&](std::string_view line) { lines.emplace_back(line); };
  for (const std::string& piece : pieces) splitter.feed(piece, sink);
  splitter.finish(sink);
  return lines;
}

TEST(LineSplitter, LinesAreMadeWholeAcrossReads) {
  EXPECT_EQ(split({"a", "b\nc", "\n\nd"}), (std::vector<std::string>{"ab", "c", "", "d"}));
  EXPECT_EQ(split({"a\n"}), (std::vector<std::string>{"a"}));
  EXPECT_TRUE(split({}).empty());
}

TEST(LineSplitter, ALineWithoutEndIsCutAtTheBound) {
  const std::string full(LineSplitter::kLineBytesMax, 'x');
  EXPECT_EQ(split({full + "\n"}), (std::vector<std::string>{full}));
  EXPECT_EQ(split({full + "y\nz"}), (std::vector<std::string>{full, "y", "z"}));
  EXPECT_EQ(split({full, full, "end"}), (std::vector<std::string>{full, full, "end"}));
}

TEST(LogWriter, LinesCarryTimeAndStream) {
  const ScratchFolder scratch;
  LogWriter log(scratch.path() + "/log", 1000);
  log.line("out", "hello", 1714564800123);
  log.line("err", "\x1b[31mred\t\xff", 1714564800124);
  EXPECT_EQ(text_of(scratch.path() + "/log"),
            "2024-05-01T12:00:00.123Z out hello\n2024-05-01T12:00:00.124Z err \x1b[31mred\t\xff\n");
}

TEST(LogWriter, ALogAtItsLimitSaysSoOnceAndKeepsNoMore) {
  const ScratchFolder scratch;
  LogWriter log(scratch.path() + "/log", 100);
  for (int line = 0; line < 50; ++line) log.line("out", "0123456789", 1714564800123);
  EXPECT_EQ(text_of(scratch.path() + "/log"),
            "2024-05-01T12:00:00.123Z out 0123456789\n2024-05-01T12:00:00.123Z out 0123456789\n"
            "2024-05-01T12:00:00.123Z sys log truncated: its limit of 100 bytes is reached, later "
            "output is not "
            "kept\n");
}

using Capture = JobTest;

TEST_F(Capture, BothStreamsLandInTheLogAndTheirNumbersAmongTheMetrics) {
  JobManager manager(options());
  JobSpec spec = shell_job(
      "captured",
      "echo 'epoch 1 loss=0.5'; printf '[0]\\ttrain-rmse:9.5\\n' >&2; printf 'bad \\377 byte\\n';"
      "printf 'loss=0.25 and no newline'");
  spec.metrics = {{"loss", "loss=([0-9.]+)"},
                  {"rmse", ".*\\[[0-9]+\\].*#011train-rmse:([0-9.]+)"},
                  {"bad", "("}};
  EXPECT_EQ(run(manager, spec).code, 0);
  const std::string log = text_of(manager.log_file("captured"));
  EXPECT_NE(log.find(" out epoch 1 loss=0.5\n"), std::string::npos);
  EXPECT_NE(log.find(" err [0]\ttrain-rmse:9.5\n"), std::string::npos);
  EXPECT_NE(log.find(" out bad \xff byte\n"), std::string::npos);
  EXPECT_NE(log.find(" out loss=0.25 and no newline\n"), std::string::npos);
  EXPECT_NE(
      log.find(" sys metric bad is not scraped, its regex is faulty: missing closing parenthesis"),
      std::string::npos);
  std::map<std::string, std::vector<double>> series;
  for (const auto& point : manager.metrics("captured")) series[point.name].push_back(point.value);
  EXPECT_EQ(series["loss"], (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(series["rmse"], (std::vector<double>{9.5}));
}

TEST_F(Capture, OutputPastTheLimitIsStillScraped) {
  JobManager manager(options());
  JobSpec spec =
      shell_job("loud", "i=0; while [ $i -lt 200 ]; do echo \"step=$i\"; i=$((i+1)); done");
  spec.metrics = {{"step", "step=([0-9]+)"}};
  spec.log_bytes_max = 1000;
  EXPECT_EQ(run(manager, spec).code, 0);
  EXPECT_LT(std::filesystem::file_size(manager.log_file("loud")), 1200U);
  const auto points = manager.metrics("loud");
  ASSERT_EQ(points.size(), 200U);
  EXPECT_EQ(points.back().value, 199);
}

TEST_F(Capture, NothingOfALargeOutputIsLost) {
  JobManager manager(options());
  EXPECT_EQ(run(manager, shell_job("large", "seq 1 100000")).code, 0);
  const std::string log = text_of(manager.log_file("large"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 100000);
  EXPECT_TRUE(log.ends_with(" out 100000\n"));
}

}  // namespace
}  // namespace pawl::engine
