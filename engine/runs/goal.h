// Whether the least or the most of a metric is its best.
#pragma once

#include <optional>
#include <string_view>

namespace pawl::engine {

enum class Goal { kMinimize, kMaximize };
const char* to_string(Goal goal);  // "minimize", "maximize"
std::optional<Goal> goal_of(std::string_view text);

// Of a key by its words, as "validation:rmse" and "train/f1_score" have them; nothing: they do not
// tell. [aws] The directions of SageMaker's algorithms:
// https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
std::optional<Goal> usual_goal(std::string_view key);

}  // namespace pawl::engine
