// A stable sort by hand: a comparison that contradicts itself must not do more than sort badly.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "asl/jsonata/evaluator.h"

namespace pawl::asl::jsonata {

// REQUIRES: comes_after(a, b) says whether `a` has to stand behind `b`.
template <class T, class ComesAfter>
void merge_sort(Evaluator& evaluator, std::vector<T>& items, const ComesAfter& comes_after) {
  std::vector<T> merged(items.size());
  for (std::size_t width = 1; width < items.size(); width *= 2) {
    for (std::size_t begin = 0; begin < items.size(); begin += 2 * width) {
      std::size_t left = begin;
      const std::size_t middle = std::min(begin + width, items.size());
      std::size_t right = middle;
      const std::size_t end = std::min(begin + 2 * width, items.size());
      evaluator.charge(end - begin);
      for (std::size_t out = begin; out < end; ++out) {
        const bool takes_right =
            left == middle || (right < end && comes_after(items[left], items[right]));
        merged[out] = std::move(takes_right ? items[right++] : items[left++]);
      }
    }
    items.swap(merged);
  }
}

}  // namespace pawl::asl::jsonata
