#include "engine/runs/goal.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace pawl::engine {

namespace {

constexpr std::array<std::string_view, 14> kLess = {"err",
                                                    "error",
                                                    "loss",
                                                    "logloss",
                                                    "mae",
                                                    "mape",
                                                    "merror",
                                                    "mlogloss",
                                                    "mse",
                                                    "nll",
                                                    "perplexity",
                                                    "rmse",
                                                    "rmsle",
                                                    "wer"};
constexpr std::array<std::string_view, 12> kMore = {"acc",
                                                    "accuracy",
                                                    "auc",
                                                    "aucpr",
                                                    "bleu",
                                                    "f1",
                                                    "iou",
                                                    "map",
                                                    "ndcg",
                                                    "precision",
                                                    "r2",
                                                    "recall"};

template <class Words>
bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

const char* to_string(Goal goal) { return goal == Goal::kMinimize ? "minimize" : "maximize"; }

std::optional<Goal> goal_of(std::string_view text) {
  for (const Goal goal : {Goal::kMinimize, Goal::kMaximize}) {
    if (text == to_string(goal)) return goal;
  }
  return std::nullopt;
}

std::optional<Goal> usual_goal(std::string_view key) {
  bool less = false;
  bool more = false;
  std::string word;
  const auto end_word = [&] {
    less = less || has(kLess, word);
    more = more || has(kMore, word);
    word.clear();
  };
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      word += static_cast<char>(std::tolower(byte));
    } else {
      end_word();
    }
  }
  end_word();
  if (less == more) return std::nullopt;
  return less ? Goal::kMinimize : Goal::kMaximize;
}

}  // namespace pawl::engine
