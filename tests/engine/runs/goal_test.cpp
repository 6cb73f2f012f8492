// Which metrics are good when they are low.
#include "engine/runs/goal.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

TEST(UsualGoal, IsToldByTheWordsOfAKey) {
  for (const char* key : {"loss", "train_loss", "validation:rmse", "test/Logloss", "val.error"}) {
    EXPECT_EQ(usual_goal(key), Goal::kMinimize) << key;
  }
  for (const char* key : {"accuracy", "validation:auc", "train/f1_score", "Recall@5"}) {
    EXPECT_EQ(usual_goal(key), Goal::kMaximize) << key;
  }
}

TEST(UsualGoal, IsUnknownOfOtherWordsAndOfSuchThatDisagree) {
  for (const char* key : {"", "epoch", "learning_rate", "lossless", "glossary", "accuracy_loss"}) {
    EXPECT_EQ(usual_goal(key), std::nullopt) << key;
  }
}

}  // namespace
}  // namespace pawl::engine
