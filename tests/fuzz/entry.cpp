// libFuzzer's way in; PAWL_FUZZ_TARGET names the target.
#include <algorithm>
#include <cstring>

#include "tests/fuzz/targets.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

constexpr unsigned kOwnMutationOf = 4;  // one in so many is ours, which knows the seeds

const pawl::fuzz::Target& target() {
  const auto all = pawl::fuzz::targets();
  return *std::find_if(all.begin(), all.end(), [](const pawl::fuzz::Target& each) {
    return std::strcmp(each.name, PAWL_FUZZ_TARGET) == 0;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target().run({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned seed) {
  if (seed % kOwnMutationOf != 0) return LLVMFuzzerMutate(data, size, max_size);
  const auto seeds = target().seeds;
  const bool starts_anew = size < 3 || seed % 64 == 0;
  const std::string_view before = starts_anew
                                      ? std::string_view(seeds[seed / 64 % seeds.size()])
                                      : std::string_view(reinterpret_cast<const char*>(data), size);
  const std::string after = pawl::fuzz::mutate(before, seeds, seed);
  const std::size_t length = std::min(after.size(), max_size);
  std::memcpy(data, after.data(), length);
  return length;
}
