#include "engine/aws/sdk_names.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

struct Spelling {
  const char* model;
  const char* sdk;
};

// The names of the SDK's packages and clients: software.amazon.awssdk.services.acmpca.AcmPcaClient
TEST(SdkNames, SpellServicesAsTheSdkForJavaDoes) {
  for (const auto& [id, name] : {Spelling{"DynamoDB", "DynamoDb"},
                                 {"S3", "S3"},
                                 {"SFN", "Sfn"},
                                 {"EC2", "Ec2"},
                                 {"Secrets Manager", "SecretsManager"},
                                 {"CloudWatch Logs", "CloudWatchLogs"},
                                 {"ACM PCA", "AcmPca"},
                                 {"Config Service", "Config"},
                                 {"Database Migration Service", "DatabaseMigration"},
                                 {"SESv2", "SesV2"},
                                 {"ApiGatewayV2", "ApiGatewayV2"},
                                 {"WAFV2", "Wafv2"},
                                 {"Elastic Load Balancing v2", "ElasticLoadBalancingV2"},
                                 {"Route53Resolver", "Route53Resolver"},
                                 {"IoTSiteWise", "IoTSiteWise"},
                                 {"IoT Data Plane", "IotDataPlane"},
                                 {"FSx", "FSx"},
                                 {"MTurk", "MTurk"}}) {
    EXPECT_EQ(sdk_service_name(id), name);
  }
}

TEST(SdkNames, SpellMembersInPascalCase) {
  for (const auto& [member, name] : {Spelling{"taskDefinition", "TaskDefinition"},
                                     {"DBInstanceIdentifier", "DbInstanceIdentifier"},
                                     {"ETag", "ETag"},
                                     {"BOOL", "Bool"},
                                     {"SSEKMSKeyId", "SsekmsKeyId"},
                                     {"MD5OfMessageBody", "Md5OfMessageBody"},
                                     {"Equals", "EqualsValue"},
                                     {"S", "S"}}) {
    EXPECT_EQ(sdk_member_name(member), name);
  }
}

TEST(SdkNames, GiveEveryErrorTheEndingException) {
  for (const auto& [shape, name] : {Spelling{"NoSuchBucket", "NoSuchBucketException"},
                                    {"DBInstanceNotFoundFault", "DbInstanceNotFoundException"},
                                    {"ResourceNotFoundException", "ResourceNotFoundException"},
                                    {"KMSInvalidStateException", "KmsInvalidStateException"}}) {
    EXPECT_EQ(sdk_exception_name(shape), name);
  }
}

}  // namespace
}  // namespace pawl::engine
