#include "engine/aws/answer_shape.h"

#include <gtest/gtest.h>

#include "tests/engine/aws/installed_models.h"

namespace pawl::engine {
namespace {

const Member* member_of_shape(const Shape& shape, const std::string& name) {
  for (const Member& member : shape.members) {
    if (member.name == name) return &member;
  }
  ADD_FAILURE() << "no member " << name;
  return nullptr;
}

TEST(AnswerShape, HasTheModelsMembersBoundsAndEnumerations) {
  const auto lambda = installed_model("lambda");
  if (lambda == nullptr) GTEST_SKIP() << "botocore is not installed";
  const Shape answer = answer_shape(operation_of(*lambda, "GetFunction"));
  const Shape& configuration = member_of_shape(answer, "Configuration")->shape;
  const Shape& memory = member_of_shape(configuration, "MemorySize")->shape;
  EXPECT_EQ(memory.type, Shape::Type::kInteger);
  EXPECT_EQ(memory.min, 128);
  EXPECT_EQ(memory.max, 10'240);
  EXPECT_EQ(member_of_shape(configuration, "PackageType")->shape.values,
            (std::vector<std::string>{"Zip", "Image"}));
}

TEST(AnswerShape, SaysWhatIsRequired) {
  const auto states = installed_model("sfn");
  if (states == nullptr) GTEST_SKIP() << "botocore is not installed";
  const Shape answer = answer_shape(operation_of(*states, "DescribeExecution"));
  EXPECT_TRUE(member_of_shape(answer, "StateMachineArn")->required);
  EXPECT_FALSE(member_of_shape(answer, "StopDate")->required);
}

TEST(AnswerShape, IsAnythingWhereAValueContainsItselfOrIsStreamed) {
  const auto dynamodb = installed_model("dynamodb");
  if (dynamodb == nullptr) GTEST_SKIP() << "botocore is not installed";
  const Shape item =
      member_of_shape(answer_shape(operation_of(*dynamodb, "GetItem")), "Item")->shape;
  ASSERT_EQ(item.type, Shape::Type::kMap);
  const Shape& nested = member_of_shape(*item.element, "M")->shape;
  EXPECT_EQ(nested.element->type, Shape::Type::kAny);
  const auto s3 = installed_model("s3");
  if (s3 == nullptr) GTEST_SKIP() << "botocore is not installed";
  EXPECT_EQ(member_of_shape(answer_shape(operation_of(*s3, "GetObject")), "Body")->shape.type,
            Shape::Type::kAny);
}

TEST(AnswerShape, SpellsItsMembersAsTheSdkDoes) {
  const auto sqs = installed_model("sqs");
  if (sqs == nullptr) GTEST_SKIP() << "botocore is not installed";
  const Shape answer = answer_shape(operation_of(*sqs, "SendMessage"));
  EXPECT_EQ(member_of_shape(answer, "Md5OfMessageBody")->shape.type, Shape::Type::kString);
}

TEST(AnswerShape, HasTextsForBytes) {
  const auto kms = installed_model("kms");
  if (kms == nullptr) GTEST_SKIP() << "botocore is not installed";
  const Shape answer = answer_shape(operation_of(*kms, "Encrypt"));
  const Shape& bytes = member_of_shape(answer, "CiphertextBlob")->shape;
  EXPECT_EQ(bytes.type, Shape::Type::kString);
  EXPECT_EQ(bytes.min, 1);
}

}  // namespace
}  // namespace pawl::engine
