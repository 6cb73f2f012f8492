// Requests byte by byte. What is expected was made by botocore from the same models.
#include "engine/aws/request.h"

#include <gtest/gtest.h>

#include "engine/aws/answer.h"
#include "engine/aws/customisations.h"
#include "tests/engine/aws/installed_models.h"

namespace pawl::engine {
namespace {

using asl::Json;

OperationRequest request_by(const ServiceModel& model, const std::string& name, const Json& given) {
  return operation_request(model, operation_of(model, name), given);
}

#define MODEL_OR_SKIP(model, service)          \
  const auto model = installed_model(service); \
  if (model == nullptr) GTEST_SKIP() << "no model of " << (service)

TEST(QueryRequest, OfEc2GoesByItsOwnNames) {
  MODEL_OR_SKIP(ec2, "ec2");
  const OperationRequest request =
      request_by(*ec2,
                 "DescribeInstances",
                 {{"InstanceIds", {"i-1", "i-2"}},
                  {"Filters", {{{"Name", "tag:a"}, {"Values", {"x y", "z"}}}}},
                  {"MaxResults", 5}});
  EXPECT_EQ(request.body,
            "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2&"
            "Filter.1.Name=tag%3Aa&Filter.1.Value.1=x%20y&Filter.1.Value.2=z&MaxResults=5");
  EXPECT_EQ(request.headers.get("Content-Type"),
            "application/x-www-form-urlencoded; charset=utf-8");
}

TEST(QueryRequest, NumbersTheEntriesOfMaps) {
  MODEL_OR_SKIP(sns, "sns");
  const Json attribute = {{"DataType", "String"}, {"StringValue", "v"}};
  EXPECT_EQ(
      request_by(*sns, "Publish", {{"TopicArn", "arn"}, {"MessageAttributes", {{"k", attribute}}}})
          .body,
      "Action=Publish&Version=2010-03-31&TopicArn=arn&MessageAttributes.entry.1.Name=k&"
      "MessageAttributes.entry.1.Value.DataType=String&"
      "MessageAttributes.entry.1.Value.StringValue=v");
}

TEST(QueryRequest, NamesFlattenedListsByTheirElements) {
  MODEL_OR_SKIP(rds, "rds");
  EXPECT_EQ(request_by(*rds,
                       "CreateDBInstance",
                       {{"DbInstanceIdentifier", "d"}, {"VpcSecurityGroupIds", {"sg"}}})
                .body,
            "Action=CreateDBInstance&Version=2014-10-31&DBInstanceIdentifier=d&"
            "VpcSecurityGroupIds.VpcSecurityGroupId.1=sg");
  MODEL_OR_SKIP(sqs, "sqs");
  if (sqs->protocol != WireProtocol::kQuery) GTEST_SKIP() << "a newer model, of another protocol";
  EXPECT_EQ(request_by(*sqs,
                       "SendMessageBatch",
                       {{"QueueUrl", "u"}, {"Entries", {{{"Id", "1"}, {"MessageBody", "b"}}}}})
                .body,
            "Action=SendMessageBatch&Version=2012-11-05&QueueUrl=u&"
            "SendMessageBatchRequestEntry.1.Id=1&SendMessageBatchRequestEntry.1.MessageBody=b");
}

TEST(QueryRequest, HasTimesInIso8601) {
  MODEL_OR_SKIP(cloudwatch, "cloudwatch");
  if (cloudwatch->protocol != WireProtocol::kQuery) GTEST_SKIP() << "a newer model";
  const Json datum = {
      {"MetricName", "m"}, {"Value", 1.5}, {"Timestamp", "2023-11-14T22:13:20.000Z"}};
  EXPECT_EQ(
      request_by(*cloudwatch, "PutMetricData", {{"Namespace", "n"}, {"MetricData", {datum}}}).body,
      "Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.1.MetricName=m&"
      "MetricData.member.1.Value=1.5&MetricData.member.1.Timestamp=2023-11-14T22%3A13%3A20Z");
}

TEST(JsonRequest, NamesItsTargetAndSpellsMembersAsTheApi) {
  MODEL_OR_SKIP(dynamodb, "dynamodb");
  const OperationRequest request = request_by(*dynamodb,
                                              "PutItem",
                                              {{"TableName", "t"},
                                               {"Item",
                                                {{"id", {{"S", "1"}}},
                                                 {"b", {{"Bool", true}}},
                                                 {"n", {{"Nul", true}}},
                                                 {"x", {{"B", "hi"}}}}}});
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.headers.get("X-Amz-Target"), "DynamoDB_20120810.PutItem");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(
      request.body,
      R"({"TableName":"t","Item":{"id":{"S":"1"},"b":{"BOOL":true},"n":{"NULL":true},"x":{"B":"aGk="}}})");
  MODEL_OR_SKIP(ecs, "ecs");
  EXPECT_EQ(request_by(*ecs, "RunTask", {{"TaskDefinition", "t"}, {"Count", 1}}).body,
            R"({"taskDefinition":"t","count":1})");
}

TEST(RestJsonRequest, PutsMembersIntoPathQueryHeadersAndBody) {
  MODEL_OR_SKIP(lambda, "lambda");
  const OperationRequest invoke = request_by(*lambda,
                                             "Invoke",
                                             {{"FunctionName", "f"},
                                              {"Payload", {{"a", 1}}},
                                              {"InvocationType", "Event"},
                                              {"Qualifier", "1"}});
  EXPECT_EQ(invoke.path, "/2015-03-31/functions/f/invocations");
  EXPECT_EQ(invoke.query, "Qualifier=1");
  EXPECT_EQ(invoke.headers.get("X-Amz-Invocation-Type"), "Event");
  EXPECT_EQ(invoke.body, R"({"a":1})");
  MODEL_OR_SKIP(batch, "batch");
  const OperationRequest submit =
      request_by(*batch,
                 "SubmitJob",
                 {{"JobName", "n"},
                  {"JobQueue", "q"},
                  {"JobDefinition", "d"},
                  {"ContainerOverrides", {{"Environment", {{{"Name", "A"}, {"Value", "1"}}}}}}});
  EXPECT_EQ(submit.path, "/v1/submitjob");
  EXPECT_EQ(submit.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(submit.body,
            R"({"jobName":"n","jobQueue":"q","jobDefinition":"d",)"
            R"("containerOverrides":{"environment":[{"name":"A","value":"1"}]}})");
  MODEL_OR_SKIP(apis, "apigateway");
  const OperationRequest resources = request_by(
      *apis, "GetResources", {{"RestApiId", "r"}, {"Embed", {"methods", "x"}}, {"Limit", 3}});
  EXPECT_EQ(resources.path, "/restapis/r/resources");
  EXPECT_EQ(resources.query, "embed=methods&embed=x&limit=3");
  EXPECT_EQ(resources.body, "");
}

TEST(RestXmlRequest, HasADocumentInTheServicesNamespace) {
  MODEL_OR_SKIP(s3, "s3");
  const OperationRequest remove = request_by(
      *s3,
      "DeleteObjects",
      {{"Bucket", "b"},
       {"Delete",
        {{"Objects", {{{"Key", "a"}}, {{"Key", "b"}, {"VersionId", "1"}}}}, {"Quiet", true}}}});
  EXPECT_EQ(remove.path, "/b");
  EXPECT_EQ(remove.query, "delete=");
  EXPECT_EQ(remove.body,
            "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a</Key>"
            "</Object><Object><Key>b</Key><VersionId>1</VersionId></Object><Quiet>true</Quiet>"
            "</Delete>");
  EXPECT_TRUE(remove.headers.has("Content-MD5"));
  MODEL_OR_SKIP(route53, "route53");
  const Json record = {
      {"Name", "n"}, {"Type", "A"}, {"Ttl", 60}, {"ResourceRecords", {{{"Value", "1.2.3.4"}}}}};
  const Json change = {{"Action", "CREATE"}, {"ResourceRecordSet", record}};
  const OperationRequest changes =
      request_by(*route53,
                 "ChangeResourceRecordSets",
                 {{"HostedZoneId", "Z"}, {"ChangeBatch", {{"Changes", {change}}}}});
  EXPECT_EQ(changes.path, "/2013-04-01/hostedzone/Z/rrset/");
  EXPECT_EQ(
      changes.body,
      "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">"
      "<ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>n</Name>"
      "<Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>1.2.3.4</Value>"
      "</ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch>"
      "</ChangeResourceRecordSetsRequest>");
}

TEST(RestXmlRequest, HasTimesOfHeadersAsHttpDates) {
  MODEL_OR_SKIP(s3, "s3");
  const OperationRequest copy = request_by(*s3,
                                           "CopyObject",
                                           {{"Bucket", "b"},
                                            {"Key", "a/b c"},
                                            {"CopySource", "x/y"},
                                            {"CopySourceIfModifiedSince", 1700000000},
                                            {"Metadata", {{"m", "1"}}}});
  EXPECT_EQ(copy.path, "/b/a/b%20c");
  EXPECT_EQ(copy.headers.get("x-amz-copy-source"), "x/y");
  EXPECT_EQ(copy.headers.get("x-amz-copy-source-if-modified-since"),
            "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_EQ(copy.headers.get("x-amz-meta-m"), "1");
  EXPECT_EQ(copy.body, "");
}

TEST(OperationRequests, HaveTheTokensThatSdksFillIn) {
  MODEL_OR_SKIP(ec2, "ec2");
  const ModelOperation& run = operation_of(*ec2, "RunInstances");
  EXPECT_EQ(with_idempotency_tokens(run, {{"MinCount", 1}}, "t"),
            (Json{{"MinCount", 1}, {"ClientToken", "t"}}));
  EXPECT_EQ(with_idempotency_tokens(run, {{"ClientToken", "own"}}, "t"),
            (Json{{"ClientToken", "own"}}));
}

TEST(Route53, TakesItsIdsWithAndWithoutWhatTheyAreOf) {
  MODEL_OR_SKIP(route53, "route53");
  for (const char* id : {"Z123", "/hostedzone/Z123", "hostedzone/Z123"})
    EXPECT_EQ(request_by(*route53, "GetHostedZone", {{"Id", id}}).path,
              "/2013-04-01/hostedzone/Z123");
  EXPECT_EQ(request_by(*route53, "GetChange", {{"Id", "/change/C1"}}).path,
            "/2013-04-01/change/C1");
}

TEST(Route53, AnswersWithPlainIds) {
  MODEL_OR_SKIP(route53, "route53");
  HttpResponse response;
  response.body =
      "<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z123</Id><Name>a.example.</Name>"
      "<CallerReference>/hostedzone/as-it-is</CallerReference></HostedZone>"
      "<DelegationSet><Id>/delegationset/N1</Id></DelegationSet></GetHostedZoneResponse>";
  const Json answer = operation_answer(*route53, operation_of(*route53, "GetHostedZone"), response);
  EXPECT_EQ(answer.at("HostedZone").at("Id"), "Z123");
  EXPECT_EQ(answer.at("HostedZone").at("CallerReference"), "/hostedzone/as-it-is");
  EXPECT_EQ(answer.at("DelegationSet").at("Id"), "N1");
}

TEST(Uncallable, AreStreamsOfEvents) {
  MODEL_OR_SKIP(kinesis, "kinesis");
  EXPECT_EQ(uncallable(*kinesis, operation_of(*kinesis, "SubscribeToShard"), Json::object()),
            "The action SubscribeToShard of Kinesis is not supported by Step Functions: it streams "
            "events");
  EXPECT_EQ(uncallable(*kinesis, operation_of(*kinesis, "PutRecord"), Json::object()), "");
}

TEST(RestXmlRequest, StreamsAValuesJsonWhereTheModelSaysSoOfTheMember) {
  MODEL_OR_SKIP(s3, "s3");
  const OperationRequest request = request_by(
      *s3,
      "UploadPart",
      {{"Bucket", "b"}, {"Key", "k"}, {"PartNumber", 1}, {"UploadId", "u"}, {"Body", "text"}});
  EXPECT_EQ(request.body, "\"text\"");
  EXPECT_EQ(request.headers.get("Content-Type"), "text/plain; charset=UTF-8");
}

TEST(Uncallable, IsWhatWantsSignatureVersion4A) {
  MODEL_OR_SKIP(events, "eventbridge");
  const ModelOperation& put = operation_of(*events, "PutEvents");
  EXPECT_EQ(uncallable(*events, put, Json::object()), "");
  EXPECT_NE(uncallable(*events, put, {{"EndpointId", "abcde.veo"}}), "");
  const auto global = read_service_model(
      R"({"metadata":{"protocol":"rest-json","serviceId":"Global","endpointPrefix":"global",)"
      R"("apiVersion":"1","auth":["aws.auth#sigv4a"]},"shapes":{},)"
      R"("operations":{"Get":{"name":"Get","http":{"method":"GET","requestUri":"/"}}}})");
  EXPECT_NE(uncallable(*global, operation_of(*global, "Get"), Json::object()), "");
}

TEST(Protocols, OfAModelThatHasSeveralTheBestThatIsSpokenIsTaken) {
  const auto model = read_service_model(
      R"({"metadata":{"protocol":"smithy-rpc-v2-cbor","protocols":["smithy-rpc-v2-cbor","json"],)"
      R"("serviceId":"Both","endpointPrefix":"both","apiVersion":"1","targetPrefix":"Both",)"
      R"("jsonVersion":"1.0"},"shapes":{},)"
      R"("operations":{"Get":{"name":"Get","http":{"method":"POST","requestUri":"/"}}}})");
  const OperationRequest request = request_by(*model, "Get", Json::object());
  EXPECT_EQ(request.headers.get("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(request.headers.get("X-Amz-Target"), "Both.Get");
}

}  // namespace
}  // namespace pawl::engine
