// How AWS's SDK for Java 2, which Step Functions calls services with, spells the names of models:
// the spelling of aws-sdk integrations.
// [aws] "The API action will always be camel case, and parameter names will be Pascal case."
// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
#pragma once

#include <string>
#include <string_view>

namespace pawl::engine {

// "DynamoDb" of the service id "DynamoDB", "CloudWatchLogs" of "CloudWatch Logs": before the names
// of errors.
std::string sdk_service_name(std::string_view service_id);
// "DbInstanceIdentifier" of "DBInstanceIdentifier", "TaskDefinition" of "taskDefinition",
// "EqualsValue" of "Equals".
std::string sdk_member_name(std::string_view member);
// "DbInstanceNotFoundException" of the shape "DBInstanceNotFoundFault".
std::string sdk_exception_name(std::string_view shape);

}  // namespace pawl::engine
