#include "engine/runs/downsampler.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pawl::engine {

namespace {

// First and last stand beside the buckets; each of these keeps two points, or three.
std::int64_t buckets_for(const RunSeries& series, std::size_t points_max) {
  return static_cast<std::int64_t>((points_max - 2) / (series.non_finite > 0 ? 3 : 2));
}

}  // namespace

Downsampler::Downsampler(const RunSeries& series, std::size_t points_max)
    : count_(series.count), points_max_(points_max), buckets_(buckets_for(series, points_max)) {}

void Downsampler::add(const RunPoint& point) {
  const Placed placed{place_++, point};
  if (keeps_all() || placed.place == 0) {
    kept_.push_back(point);
  } else if (placed.place >= count_ - 1) {
    end_bucket();
    kept_.push_back(point);
  } else {
    const std::int64_t bucket = (placed.place - 1) * buckets_ / (count_ - 2);
    if (bucket != bucket_) end_bucket();
    bucket_ = bucket;
    add_to_bucket(placed);
  }
}

void Downsampler::add_to_bucket(const Placed& placed) {
  if (!std::isfinite(placed.point.value)) {
    if (!not_finite_) not_finite_ = placed;
    return;
  }
  if (!least_ || placed.point.value < least_->point.value) least_ = placed;
  if (!most_ || placed.point.value > most_->point.value) most_ = placed;
}

void Downsampler::end_bucket() {
  std::vector<Placed> of_bucket;
  for (std::optional<Placed>* each : {&least_, &most_, &not_finite_}) {
    if (*each) of_bucket.push_back(**each);
    each->reset();
  }
  std::sort(of_bucket.begin(), of_bucket.end(), [](const Placed& a, const Placed& b) {
    return a.place < b.place;
  });
  std::int64_t last = -1;
  for (const Placed& each : of_bucket) {
    if (each.place != last) kept_.push_back(each.point);
    last = each.place;
  }
}

std::vector<RunPoint> Downsampler::take() {
  end_bucket();
  return std::move(kept_);
}

}  // namespace pawl::engine
