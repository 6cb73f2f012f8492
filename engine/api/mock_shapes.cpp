#include "engine/api/mock_shapes.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

namespace pawl::engine {
namespace {

using shapes::any;
using shapes::boolean;
using shapes::integer;
using shapes::list;
using shapes::map;
using shapes::number;
using shapes::optional;
using shapes::required;
using shapes::structure;
using shapes::text;
using shapes::timestamp;
using shapes::whole;

// [seen] By the names of the SDK and the types of the API, also of optimised integrations, whose
// results differ: a mocked Lambda payload is a text, MD5OfMessageBody is a member that nobody
// knows.

Shape started_with(const char* member) { return structure({required(member, text())}); }

// [aws] Lambda, Invoke and GetFunction.
Shape lambda_invoke() {
  return structure({optional("StatusCode", integer()),
                    optional("FunctionError", text()),
                    optional("LogResult", text()),
                    optional("Payload", text()),
                    optional("ExecutedVersion", text().length(1, 1024))});
}
Shape lambda_get_function() {
  const Shape configuration =
      structure({optional("FunctionName", text().length(1, 170)),
                 optional("FunctionArn", text()),
                 optional("Runtime", text()),
                 optional("Role", text()),
                 optional("Handler", text().at_most(128)),
                 optional("CodeSize", whole()),
                 optional("Description", text().at_most(256)),
                 optional("Timeout", integer().at_least(1)),
                 optional("MemorySize", integer().range(128, 10'240)),
                 optional("LastModified", text()),
                 optional("CodeSha256", text()),
                 optional("Version", text().length(1, 1024)),
                 optional("State", text().one_of({"Pending", "Active", "Inactive", "Failed"})),
                 optional("PackageType", text().one_of({"Zip", "Image"}))});
  const Shape code = structure({optional("RepositoryType", text()),
                                optional("Location", text()),
                                optional("ImageUri", text()),
                                optional("ResolvedImageUri", text())});
  return structure({optional("Configuration", configuration),
                    optional("Code", code),
                    optional("Tags", map(text()))});
}

Shape dynamodb_capacity() {
  return structure({optional("TableName", text().length(1, 1024)),
                    optional("CapacityUnits", number()),
                    optional("ReadCapacityUnits", number()),
                    optional("WriteCapacityUnits", number())});
}
Shape dynamodb_write() {
  return structure({optional("Attributes", map(any())),
                    optional("ConsumedCapacity", dynamodb_capacity()),
                    optional("ItemCollectionMetrics", any())});
}
Shape dynamodb_read() {
  return structure(
      {optional("Item", map(any())), optional("ConsumedCapacity", dynamodb_capacity())});
}

Shape put_events() {
  const Shape entry = structure({optional("EventId", text()),
                                 optional("ErrorCode", text()),
                                 optional("ErrorMessage", text())});
  return structure({optional("FailedEntryCount", integer()), optional("Entries", list(entry))});
}
Shape send_message() {
  return structure({optional("Md5OfMessageBody", text()),
                    optional("Md5OfMessageAttributes", text()),
                    optional("Md5OfMessageSystemAttributes", text()),
                    optional("MessageId", text()),
                    optional("SequenceNumber", text())});
}
Shape publish_message() {
  return structure({optional("MessageId", text()), optional("SequenceNumber", text())});
}

Shape start_execution() {
  return structure(
      {required("ExecutionArn", text().length(1, 256)), required("StartDate", timestamp())});
}
Shape describe_execution() {
  return structure(
      {required("ExecutionArn", text().length(1, 256)),
       required("StateMachineArn", text().length(1, 256)),
       optional("Name", text().length(1, 80)),
       required("Status",
                text().one_of(
                    {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"})),
       required("StartDate", timestamp()),
       optional("StopDate", timestamp()),
       optional("Input", text().at_most(262'144)),
       optional("Output", text().at_most(262'144)),
       optional("Error", text().at_most(256)),
       optional("Cause", text().at_most(32'768))});
}

Shape storage_class() {
  return text().one_of({"STANDARD",
                        "REDUCED_REDUNDANCY",
                        "STANDARD_IA",
                        "ONEZONE_IA",
                        "INTELLIGENT_TIERING",
                        "GLACIER",
                        "DEEP_ARCHIVE",
                        "OUTPOSTS",
                        "GLACIER_IR",
                        "SNOW",
                        "EXPRESS_ONEZONE",
                        "FSX_OPENZFS"});
}
Shape s3_get_object() {
  return structure({optional("Body", any()),
                    optional("DeleteMarker", boolean()),
                    optional("LastModified", timestamp()),
                    optional("ContentLength", whole()),
                    optional("ETag", text()),
                    optional("VersionId", text()),
                    optional("ContentType", text()),
                    optional("ContentEncoding", text()),
                    optional("Metadata", map(text())),
                    optional("StorageClass", storage_class()),
                    optional("PartsCount", integer()),
                    optional("TagCount", integer())});
}
Shape s3_put_object() {
  return structure({optional("Expiration", text()),
                    optional("ETag", text()),
                    optional("VersionId", text()),
                    optional("Size", whole())});
}
Shape s3_list_objects() {
  const Shape object = structure({optional("Key", text().at_least(1)),
                                  optional("LastModified", timestamp()),
                                  optional("ETag", text()),
                                  optional("Size", whole()),
                                  optional("StorageClass", storage_class())});
  return structure({optional("IsTruncated", boolean()),
                    optional("Contents", list(object)),
                    optional("Name", text()),
                    optional("Prefix", text()),
                    optional("MaxKeys", integer()),
                    optional("KeyCount", integer()),
                    optional("NextContinuationToken", text())});
}

Shape kms_algorithm() {
  return text().one_of({"SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"});
}
Shape kms_encrypt() {
  return structure({optional("CiphertextBlob", text().length(1, 6144)),
                    optional("KeyId", text().length(1, 2048)),
                    optional("EncryptionAlgorithm", kms_algorithm())});
}
Shape kms_decrypt() {
  return structure({optional("KeyId", text().length(1, 2048)),
                    optional("Plaintext", text().length(1, 4096)),
                    optional("EncryptionAlgorithm", kms_algorithm())});
}
Shape secret_value() {
  return structure({optional("ARN", text().length(20, 2048)),
                    optional("Name", text().length(1, 256)),
                    optional("VersionId", text().length(32, 64)),
                    optional("SecretBinary", text().length(1, 65'536)),
                    optional("SecretString", text().length(1, 65'536)),
                    optional("VersionStages", list(text().length(1, 256))),
                    optional("CreatedDate", timestamp())});
}

Shape glue_job_run() {
  const Shape run = structure({optional("Id", text().length(1, 255)),
                               optional("Attempt", integer()),
                               optional("JobName", text().length(1, 255)),
                               optional("StartedOn", timestamp()),
                               optional("CompletedOn", timestamp()),
                               optional("JobRunState",
                                        text().one_of({"STARTING",
                                                       "RUNNING",
                                                       "STOPPING",
                                                       "STOPPED",
                                                       "SUCCEEDED",
                                                       "FAILED",
                                                       "TIMEOUT",
                                                       "ERROR",
                                                       "WAITING",
                                                       "EXPIRED"})),
                               optional("Arguments", map(text())),
                               optional("ErrorMessage", text()),
                               optional("ExecutionTime", integer()),
                               optional("Timeout", integer().at_least(1))});
  return structure({optional("JobRun", run)});
}
Shape job_status() {
  return text().one_of({"InProgress", "Completed", "Failed", "Stopping", "Stopped"});
}
Shape training_job() {
  return structure(
      {required("TrainingJobName", text().length(1, 63)),
       required("TrainingJobArn", text().at_most(256)),
       required("ModelArtifacts", structure({required("S3ModelArtifacts", text().at_most(1024))})),
       required("TrainingJobStatus", job_status()),
       required("SecondaryStatus", text()),
       required("AlgorithmSpecification", any()),
       required("StoppingCondition", any()),
       required("CreationTime", timestamp()),
       optional("TrainingStartTime", timestamp()),
       optional("TrainingEndTime", timestamp()),
       optional("FailureReason", text().at_most(1024))});
}
Shape processing_job() {
  return structure({required("ProcessingJobName", text().length(1, 63)),
                    required("ProcessingResources", any()),
                    required("AppSpecification", any()),
                    required("ProcessingJobArn", text().at_most(256)),
                    required("ProcessingJobStatus", job_status()),
                    required("CreationTime", timestamp())});
}
Shape transform_job() {
  return structure({required("TransformJobName", text().length(1, 63)),
                    required("TransformJobArn", text().at_most(256)),
                    required("TransformJobStatus", job_status()),
                    required("ModelName", text().length(1, 63)),
                    required("TransformInput", any()),
                    required("TransformResources", any()),
                    required("CreationTime", timestamp())});
}

using Rows = std::map<std::string, Shape, std::less<>>;

// Sorted by service and action, as optimised integrations spell them.
const Rows& rows() {
  static const Rows kRows = {
      {"dynamodb:deleteItem", dynamodb_write()},
      {"dynamodb:getItem", dynamodb_read()},
      {"dynamodb:putItem", dynamodb_write()},
      {"dynamodb:updateItem", dynamodb_write()},
      {"events:putEvents", put_events()},
      {"glue:getJobRun", glue_job_run()},
      {"glue:startJobRun", structure({optional("JobRunId", text().length(1, 255))})},
      {"glue:startJobRun.sync", glue_job_run()},
      {"kms:decrypt", kms_decrypt()},
      {"kms:encrypt", kms_encrypt()},
      {"lambda:getFunction", lambda_get_function()},
      {"lambda:invoke", lambda_invoke()},
      {"s3:getObject", s3_get_object()},
      {"s3:listObjectsV2", s3_list_objects()},
      {"s3:putObject", s3_put_object()},
      {"sagemaker:createEndpoint", started_with("EndpointArn")},
      {"sagemaker:createEndpointConfig", started_with("EndpointConfigArn")},
      {"sagemaker:createHyperParameterTuningJob", started_with("HyperParameterTuningJobArn")},
      {"sagemaker:createModel", started_with("ModelArn")},
      {"sagemaker:createProcessingJob", started_with("ProcessingJobArn")},
      {"sagemaker:createProcessingJob.sync", processing_job()},
      {"sagemaker:createTrainingJob", started_with("TrainingJobArn")},
      {"sagemaker:createTrainingJob.sync", training_job()},
      {"sagemaker:createTransformJob", started_with("TransformJobArn")},
      {"sagemaker:createTransformJob.sync", transform_job()},
      {"sagemaker:describeTrainingJob", training_job()},
      {"sagemaker:updateEndpoint", started_with("EndpointArn")},
      {"secretsmanager:getSecretValue", secret_value()},
      {"sns:publish", publish_message()},
      {"sqs:sendMessage", send_message()},
      {"states:describeExecution", describe_execution()},
      {"states:startExecution", start_execution()},
      {"states:startExecution.sync", describe_execution()},
      {"states:startExecution.sync:2", describe_execution()},
  };
  return kRows;
}

}  // namespace

Shape joined_shapes(Shape model, const Shape& known) {
  if (model.type != known.type) return model;
  if (!model.values.empty()) {
    for (const std::string& value : known.values) {
      if (std::find(model.values.begin(), model.values.end(), value) == model.values.end())
        model.values.push_back(value);
    }
  }
  if (model.element && known.element)
    model.element = std::make_shared<const Shape>(joined_shapes(*model.element, *known.element));
  for (const Member& member : known.members) {
    const auto same = std::find_if(model.members.begin(),
                                   model.members.end(),
                                   [&](const Member& m) { return m.name == member.name; });
    if (same == model.members.end()) {
      model.members.push_back(member);
    } else {
      same->shape = joined_shapes(std::move(same->shape), member.shape);
    }
  }
  return model;
}

std::optional<Shape> task_result_shape(const std::string& resource) {
  constexpr std::string_view kMark = ":states:::";
  const std::size_t mark = resource.find(kMark);
  if (mark == std::string::npos) return std::nullopt;
  std::string action = resource.substr(mark + kMark.size());
  constexpr std::string_view kSdk = "aws-sdk:";
  if (action.starts_with(kSdk)) {
    action.erase(0, kSdk.size());
    // The SDK's names of two services that have other names as optimised integrations.
    if (action.starts_with("sfn:")) action.replace(0, 3, "states");
    if (action.starts_with("eventbridge:")) action.replace(0, 11, "events");
  }
  const auto row = rows().find(action);
  if (row == rows().end()) return std::nullopt;
  return row->second;
}

}  // namespace pawl::engine
