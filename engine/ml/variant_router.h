// Which server process answers the next invocation of an endpoint.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pawl::engine {

// Thread-safe. Variants share the traffic by weight, exactly (smooth weighted round robin: weights
// 9 and 1 give 90 and 10 of 100 calls); within a variant the instance with the fewest calls in
// flight is taken.
class VariantRouter {
 public:
  struct Instance {
    std::vector<std::uint16_t> pipeline;  // loopback ports of its containers, in order; mostly one
  };
  struct Variant {
    std::string name;
    double weight = 1.0;
    std::vector<Instance> instances;
  };

  void set(std::vector<Variant> variants);
  bool empty() const;
  // Whether calls are in flight that were routed before the last set().
  bool has_old_calls() const;

  struct Choice {
    std::string variant;
    std::size_t instance = 0;
    std::vector<std::uint16_t> pipeline;
    std::uint64_t generation = 0;
  };
  // `target` asks for one variant by name; nullopt: no such variant, or none takes traffic.
  std::optional<Choice> acquire(const std::optional<std::string>& target);
  void release(const Choice& choice);

 private:
  struct Entry {
    Variant variant;
    double current = 0;
    std::vector<int> in_flight;
  };
  Entry* pick(const std::optional<std::string>& target);

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::uint64_t generation_ = 0;
  std::map<std::uint64_t, int> calls_;  // in flight, by generation; none that has none
};

}  // namespace pawl::engine
