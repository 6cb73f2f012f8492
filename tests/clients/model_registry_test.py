"""SageMaker's model registry, as Debian's boto3 and aws CLI use it. PAWL_URL says where the server is."""

import json
import os
import subprocess
import unittest

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = os.environ["PAWL_URL"]
ROLE = "arn:aws:iam::123456789012:role/tests"
VERSIONS = 5

sagemaker = boto3.client("sagemaker", endpoint_url=URL)
states = boto3.client("stepfunctions", endpoint_url=URL, config=Config(inject_host_prefix=False))


def specification(image="test/serve:1"):
    return {
        "Containers": [{"Image": image, "ModelDataUrl": "s3://models/m.tar.gz", "Environment": {"A": "b"}}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }


class ModelRegistry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.group = f"Digits-{os.getpid()}"
        cls.group_arn = sagemaker.create_model_package_group(
            ModelPackageGroupName=cls.group,
            ModelPackageGroupDescription="what they are",
            Tags=[{"Key": "team", "Value": "vision"}],
        )["ModelPackageGroupArn"]
        cls.arns = [
            sagemaker.create_model_package(
                ModelPackageGroupName=cls.group,
                InferenceSpecification=specification(),
                ModelApprovalStatus="Approved" if n == 2 else "PendingManualApproval",
                CustomerMetadataProperties={"n": str(n)},
                ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://m/q"}}},
            )["ModelPackageArn"]
            for n in range(VERSIONS)
        ]

    def listed(self, **wanted):
        pages = sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=self.group, PaginationConfig={"PageSize": 2}, **wanted
        )
        return [each for page in pages for each in page["ModelPackageSummaryList"]]

    def refused(self, code, call, **request):
        with self.assertRaises(ClientError) as error:
            call(**request)
        self.assertEqual(error.exception.response["Error"]["Code"], code)
        return error.exception.response["Error"]["Message"]

    def test_versions_are_numbered_described_and_listed_in_pages(self):
        head = self.group_arn.replace("model-package-group", "model-package")
        self.assertEqual(self.arns, [f"{head}/{n + 1}" for n in range(VERSIONS)])
        package = sagemaker.describe_model_package(ModelPackageName=self.arns[0])
        self.assertEqual(package["ModelPackageVersion"], 1)
        self.assertEqual(package["ModelPackageGroupName"], self.group)
        self.assertEqual(package["ModelPackageStatus"], "Completed")
        self.assertEqual(package["CustomerMetadataProperties"], {"n": "0"})
        self.assertEqual(package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"], "s3://m/q")
        self.assertEqual([each["ModelPackageArn"] for each in self.listed()], self.arns[::-1])
        approved = self.listed(ModelApprovalStatus="Approved", SortBy="CreationTime", SortOrder="Descending")
        self.assertIn(self.arns[2], [each["ModelPackageArn"] for each in approved])
        self.assertEqual(self.listed(SortOrder="Ascending")[0]["CreationTime"], package["CreationTime"])

    def test_groups_are_described_listed_tagged_and_kept_while_they_have_packages(self):
        group = sagemaker.describe_model_package_group(ModelPackageGroupName=self.group)
        self.assertEqual((group["ModelPackageGroupArn"], group["ModelPackageGroupStatus"]), (self.group_arn, "Completed"))
        sagemaker.create_model_package_group(ModelPackageGroupName=f"other-{os.getpid()}")
        pages = sagemaker.get_paginator("list_model_package_groups").paginate(PaginationConfig={"PageSize": 1})
        names = [each["ModelPackageGroupName"] for page in pages for each in page["ModelPackageGroupSummaryList"]]
        self.assertIn(self.group, names)
        self.assertEqual(sagemaker.list_tags(ResourceArn=self.group_arn)["Tags"], [{"Key": "team", "Value": "vision"}])
        self.refused("ConflictException", sagemaker.delete_model_package_group, ModelPackageGroupName=self.group)
        sagemaker.delete_model_package_group(ModelPackageGroupName=f"other-{os.getpid()}")
        message = self.refused(
            "ValidationException", sagemaker.create_model_package_group, ModelPackageGroupName=self.group
        )
        self.assertIn("Model Package Group already exists", message)

    def test_a_model_is_made_of_a_version_once_it_is_approved(self):
        arn = self.arns[4]
        model = {"ModelName": "of-a-version", "PrimaryContainer": {"ModelPackageName": arn}, "ExecutionRoleArn": ROLE}
        self.refused("ValidationException", sagemaker.create_model, **model)
        sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="good")
        self.assertEqual(sagemaker.describe_model_package(ModelPackageName=arn)["ApprovalDescription"], "good")
        sagemaker.create_model(**model)
        made = sagemaker.describe_model(ModelName="of-a-version")
        self.assertEqual(made["PrimaryContainer"], {"ModelPackageName": arn})

    def test_many_are_described_at_once(self):
        missing = self.arns[0].rsplit("/", 1)[0] + "/99"
        answer = sagemaker.batch_describe_model_package(ModelPackageArnList=[self.arns[0], missing])
        self.assertEqual(answer["ModelPackageSummaries"][self.arns[0]]["ModelPackageVersion"], 1)
        self.assertIn("does not exist", answer["BatchDescribeModelPackageErrorMap"][missing]["ErrorResponse"])

    def test_a_state_machine_registers_and_approves(self):
        group = f"by-machine-{os.getpid()}"
        call = "arn:aws:states:::aws-sdk:sagemaker:"
        steps = [
            ("createModelPackageGroup", {"ModelPackageGroupName": group}),
            ("createModelPackage", {"ModelPackageGroupName": group, "InferenceSpecification": specification()}),
            ("updateModelPackage", {"ModelPackageArn.$": "$.ModelPackageArn", "ModelApprovalStatus": "Approved"}),
            ("describeModelPackage", {"ModelPackageName.$": "$.ModelPackageArn"}),
        ]
        definition = {"StartAt": steps[0][0], "States": {}}
        for (name, parameters), following in zip(steps, steps[1:] + [None]):
            state = {"Type": "Task", "Resource": call + name, "Parameters": parameters}
            state.update({"Next": following[0]} if following else {"End": True})
            definition["States"][name] = state
        machine = states.create_state_machine(name=group, definition=json.dumps(definition), roleArn=ROLE, type="EXPRESS")
        ended = states.start_sync_execution(stateMachineArn=machine["stateMachineArn"])
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        package = json.loads(ended["output"])
        self.assertEqual((package["ModelPackageVersion"], package["ModelApprovalStatus"]), (1, "Approved"))

    def test_the_cli_lists_them(self):
        words = ["/usr/bin/aws", "sagemaker", "list-model-packages", "--model-package-group-name", self.group]
        end = subprocess.run([*words, "--endpoint-url", URL], capture_output=True, text=True, check=True)
        self.assertEqual(len(json.loads(end.stdout)["ModelPackageSummaryList"]), VERSIONS)

    def test_what_is_not_there_is_refused_in_the_services_words(self):
        message = self.refused("ValidationException", sagemaker.describe_model_package, ModelPackageName="none")
        self.assertEqual(message, "ModelPackage arn:aws:sagemaker:us-east-1:123456789012:model-package/none does not exist.")


if __name__ == "__main__":
    unittest.main(verbosity=1)
