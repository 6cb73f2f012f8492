// Series as charts show them.
#include "engine/runs/downsampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace pawl::engine {
namespace {

struct Drawn {
  RunSeries series;
  std::vector<RunPoint> points;
};

Drawn drawn(const std::vector<double>& values, std::size_t most) {
  Drawn made;
  std::vector<RunPoint> all;
  for (const double value : values) {
    all.push_back({value, static_cast<std::int64_t>(all.size()), {0}});
    add_to(made.series, all.back());
  }
  Downsampler sampler(made.series, most);
  for (const RunPoint& point : all) sampler.add(point);
  made.points = sampler.take();
  return made;
}

std::vector<double> noise(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<double>(random() % 100'000));
  return values;
}

bool has_step(const Drawn& all, std::int64_t step) {
  return std::any_of(all.points.begin(), all.points.end(), [&](const RunPoint& point) {
    return point.step == step;
  });
}

TEST(Downsampler, KeepsAllOfASeriesThatIsShortEnough) {
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{8}}) {
    EXPECT_EQ(drawn(noise(count, 1), 8).points.size(), count);
  }
}

TEST(Downsampler, KeepsBothEndsAndEveryExtremeWithinWhatIsAllowed) {
  for (const std::size_t count : {std::size_t{9}, std::size_t{100}, std::size_t{12'345}}) {
    for (const std::size_t most : {std::size_t{8}, std::size_t{9}, std::size_t{50}}) {
      const Drawn all = drawn(noise(count, static_cast<unsigned>(count + most)), most);
      EXPECT_LE(all.points.size(), most);
      EXPECT_GE(all.points.size(), std::min(count, most) / 2);
      EXPECT_EQ(all.points.front().step, 0);
      EXPECT_EQ(all.points.back().step, static_cast<std::int64_t>(count) - 1);
      EXPECT_TRUE(has_step(all, all.series.min->step)) << count << " " << most;
      EXPECT_TRUE(has_step(all, all.series.max->step)) << count << " " << most;
      EXPECT_TRUE(std::is_sorted(
          all.points.begin(), all.points.end(), [](const RunPoint& a, const RunPoint& b) {
            return a.step < b.step;
          }));
    }
  }
}

TEST(Downsampler, KeepsALonePeakOfAMillionPoints) {
  std::vector<double> values(1'000'000, 1.0);
  values[123'456] = 7;
  values[765'432] = -7;
  const Drawn all = drawn(values, 2'000);
  EXPECT_LE(all.points.size(), 2'000U);
  EXPECT_TRUE(has_step(all, 123'456));
  EXPECT_TRUE(has_step(all, 765'432));
}

TEST(Downsampler, TellsThatAValueWasNotFinite) {
  std::vector<double> values = noise(10'000, 3);
  values[5'000] = std::numeric_limits<double>::quiet_NaN();
  values[7'000] = std::numeric_limits<double>::infinity();
  const Drawn all = drawn(values, 100);
  EXPECT_LE(all.points.size(), 100U);
  EXPECT_TRUE(has_step(all, 5'000));
  EXPECT_TRUE(has_step(all, 7'000));
  EXPECT_TRUE(has_step(all, all.series.max->step));
}

TEST(Downsampler, OfASeriesWithoutAFiniteValueKeepsSomeOfEveryStretch) {
  const std::vector<double> values(1'000, std::numeric_limits<double>::quiet_NaN());
  const Drawn all = drawn(values, 20);
  EXPECT_EQ(all.points.size(), 8U) << "six buckets and both ends";
}

}  // namespace
}  // namespace pawl::engine
