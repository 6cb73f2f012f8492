#include "engine/aws/service_model.h"

#include <gtest/gtest.h>

#include "engine/aws/parameters.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr const char* kModel = R"({
  "metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "things", "protocol": "rest-json",
               "serviceId": "Thing Store"},
  "operations": {
    "PutThing": {"name": "PutThing", "documentation": "<p>Puts.</p>",
                 "http": {"method": "PUT", "requestUri": "/things/{thingName}"},
                 "input": {"shape": "PutThingRequest"}, "errors": [{"shape": "ThingFault"}]}},
  "shapes": {
    "PutThingRequest": {"type": "structure", "required": ["thingName"], "members": {
      "thingName": {"shape": "Name", "location": "uri", "locationName": "thingName"},
      "documentation": {"shape": "Name"},
      "count": {"shape": "Count"},
      "parts": {"shape": "Parts"},
      "token": {"shape": "Name", "idempotencyToken": true}}},
    "Parts": {"type": "list", "member": {"shape": "Part"}},
    "Part": {"type": "structure", "members": {"size": {"shape": "Count"}}},
    "Name": {"type": "string"}, "Count": {"type": "integer"},
    "ThingFault": {"type": "structure", "members": {}, "exception": true,
                   "error": {"code": "NoThing", "httpStatusCode": 404}}}})";

TEST(ServiceModel, IsReadWithItsNamesPlacesAndErrors) {
  const auto model = read_service_model(kModel);
  EXPECT_EQ(model->protocol, WireProtocol::kRestJson);
  EXPECT_EQ(model->sdk_name, "ThingStore");
  EXPECT_EQ(model->signing_name, "things");
  const ModelOperation* put = model->find("PutThing");
  ASSERT_NE(put, nullptr);
  EXPECT_EQ(put->uri, "/things/{thingName}");
  const ModelShape& input = *put->input.shape;
  EXPECT_EQ(input.find("thingName")->place, MemberPlace::kUri);
  EXPECT_EQ(input.find_sdk("ThingName"), input.find("thingName"));
  EXPECT_TRUE(input.find("token")->idempotency_token);
  EXPECT_NE(input.find("documentation"), nullptr);  // a member of that name, not the text
  EXPECT_EQ(model->find_error("NoThing")->name, "ThingFault");
  EXPECT_EQ(model->find("GetThing"), nullptr);
}

TEST(ServiceModel, HasTheBoundsAndTheValuesOfItsShapes) {
  const auto model = read_service_model(R"({
    "metadata": {"protocol": "json", "serviceId": "Bounds", "endpointPrefix": "b"},
    "operations": {"Get": {"name": "Get", "http": {}, "output": {"shape": "Answer"}}},
    "shapes": {
      "Answer": {"type": "structure", "members": {
        "ratio": {"shape": "Ratio"}, "name": {"shape": "Name"}, "colour": {"shape": "Colour"},
        "here": {"shape": "Bytes", "streaming": true}, "there": {"shape": "Bytes"}}},
      "Ratio": {"type": "double", "min": -0.5, "max": 99.999},
      "Name": {"type": "string", "min": 1},
      "Colour": {"type": "string", "enum": ["red", "blue"]},
      "Bytes": {"type": "blob"}}})");
  const ModelShape& answer = *model->find("Get")->output.shape;
  EXPECT_EQ(answer.find("ratio")->shape->bounds.min, -1);
  EXPECT_EQ(answer.find("ratio")->shape->bounds.max, 100);
  EXPECT_EQ(answer.find("name")->shape->bounds.min, 1);
  EXPECT_EQ(answer.find("name")->shape->bounds.max, std::nullopt);
  EXPECT_EQ(answer.find("colour")->shape->values, (std::vector<std::string>{"red", "blue"}));
  EXPECT_TRUE(answer.find("here")->streams());
  EXPECT_FALSE(answer.find("there")->streams());
}

TEST(ServiceModel, ThatIsBrokenSaysWhat) {
  EXPECT_THROW(read_service_model("[]"), std::runtime_error);
  EXPECT_THROW(read_service_model("{}"), std::runtime_error);
  EXPECT_THROW(
      read_service_model(R"({"metadata": {"protocol": "morse"}, "shapes": {}, "operations": {}})"),
      std::runtime_error);
  std::string unknown = kModel;
  unknown.replace(
      unknown.find(R"("Count": {"type": "integer"})"), 28, R"("Sum": {"type": "integer"})");
  EXPECT_THROW(read_service_model(unknown), std::runtime_error);
}

TEST(Parameters, ThatCannotBeSentAreAllNamed) {
  const auto model = read_service_model(kModel);
  const ModelShape* input = model->find("PutThing")->input.shape;
  EXPECT_TRUE(parameter_faults(input, {{"ThingName", "a"}, {"Count", 3}}).empty());
  EXPECT_TRUE(parameter_faults(input, {{"ThingName", "a"}, {"Count", nullptr}}).empty());
  const auto faults = parameter_faults(
      input,
      {{"thingName", "a"}, {"Count", "many"}, {"Parts", {{{"Size", 1}, {"Colour", "red"}}}}});
  EXPECT_EQ(unusable_parameters("{...}", faults),
            "The Parameters '{...}' could not be used to start the Task: [The field \"thingName\" "
            "is not supported by Step Functions, The value for the field 'Count' must be an "
            "INTEGER, The field \"Colour\" is not supported by Step Functions, The field "
            "'ThingName' is required but was missing]");
}

TEST(Parameters, OfOptimisedIntegrationsMayBeSpeltAsTheApiDoes) {
  const auto model = read_service_model(kModel);
  const ModelMember& input = model->find("PutThing")->input;
  const Json given = {{"thingName", "a"}, {"Parts", {{{"size", 1}}}}, {"Other", 2}};
  EXPECT_EQ(with_sdk_names(input, given),
            (Json{{"ThingName", "a"}, {"Parts", {{{"Size", 1}}}}, {"Other", 2}}));
}

}  // namespace
}  // namespace pawl::engine
