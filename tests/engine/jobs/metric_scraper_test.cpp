#include "engine/jobs/metric_scraper.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

std::vector<double> scrape(const std::string& regex, std::string_view line) {
  std::vector<double> values;
  for (const auto& point : MetricScraper({{"m", regex}}).scrape(line, 5))
    values.push_back(point.value);
  return values;
}

TEST(MetricScraper, GroupOneIsTheNumber) {
  EXPECT_EQ(scrape("acc: ([0-9\\.]+)", "epoch 3 acc: 0.91 acc: 0.95"), (std::vector<double>{0.91}));
  EXPECT_EQ(scrape("v=(.*);", "v=-1.5e-3;"), (std::vector<double>{-1.5e-3}));
  EXPECT_TRUE(scrape("v=(.*);", "v=none;").empty());
  EXPECT_TRUE(scrape("v=(.*);", "v=nan;").empty());
  EXPECT_TRUE(scrape("v=(.*);", "nothing").empty());
  EXPECT_TRUE(scrape("v=(x)?", "v=").empty());
}

TEST(MetricScraper, ATabIsAlsoTriedAsCloudWatchWritesIt) {
  EXPECT_EQ(scrape("#011validation-rmse:([0-9.]+)", "[0]\ttrain-rmse:2\tvalidation-rmse:3.5"),
            (std::vector<double>{3.5}));
  EXPECT_EQ(scrape("\\tvalidation-rmse:([0-9.]+)", "[0]\tvalidation-rmse:3.5"),
            (std::vector<double>{3.5}));
}

TEST(MetricScraper, LookaroundWorksAndInvalidUtf8DoesNotStopIt) {
  EXPECT_EQ(scrape("(?<=loss )(\\d+)", "\xff\xfe loss 12 \xff"), (std::vector<double>{12}));
}

TEST(MetricScraper, ARunawayRegexGivesUp) {
  EXPECT_TRUE(scrape("^(a+)+$", std::string(5000, 'a') + "b").empty());
}

TEST(MetricScraper, FaultyRegexesAreNamed) {
  EXPECT_TRUE(metric_regex_fault("("));
  EXPECT_TRUE(metric_regex_fault("no group"));
  EXPECT_FALSE(metric_regex_fault("(.)"));
  EXPECT_EQ(MetricScraper(std::vector<JobSpec::Metric>{{"m", "("}}).faults().size(), 1U);
}

TEST(MetricLines, ATornLastLineIsNoPoint) {
  const std::string text = metric_line({"a", 0.1, 7}) + metric_line({"b\"", 1e300, 8});
  const auto points = parse_metric_lines(text + "{\"name\":\"c\",\"val");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].value, 0.1);
  EXPECT_EQ(points[1].name, "b\"");
  EXPECT_EQ(points[1].at_ms, 8);
}

}  // namespace
}  // namespace pawl::engine
