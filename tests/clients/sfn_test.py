"""Every action of Step Functions that Debian's boto3, or Debian's aws CLI, knows.

PAWL_URL says where the server is; PAWL_CLIENT is boto3 or aws.
"""

import datetime
import json
import os
import subprocess
import time
import unittest

URL = os.environ["PAWL_URL"]
CLIENT = os.environ["PAWL_CLIENT"]
ROLE = "arn:aws:iam::123456789012:role/tests"
PASS = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
ARNS = "arn:aws:states:us-east-1:123456789012:"


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(code + ": " + message)
        self.code = code


class Boto3:
    def __init__(self):
        import boto3
        from botocore.config import Config

        config = Config(inject_host_prefix=False, retries={"max_attempts": 0})
        self.client = boto3.client("stepfunctions", endpoint_url=URL, config=config)
        self.actions = set(self.client.meta.service_model.operation_names)

    def act(self, action, request):
        from botocore.exceptions import ClientError
        from botocore import xform_name

        try:
            answer = getattr(self.client, xform_name(action))(**request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            # The class of its own that the client has for each error.
            modelled = getattr(self.client.exceptions, code, None)
            assert modelled is None or isinstance(error, modelled), code
            raise Refused(code, str(error)) from error
        answer.pop("ResponseMetadata")
        return answer

    def pages(self, action, request, size):
        from botocore import xform_name

        paginator = self.client.get_paginator(xform_name(action))
        return list(paginator.paginate(**request, PaginationConfig={"PageSize": size}))


class AwsCli:
    def __init__(self):
        from awscli.botocore.session import Session

        model = Session().get_service_model("stepfunctions")
        # The CLI prefixes the host of StartSyncExecution even of an endpoint that it was given: docs/clients.md.
        self.actions = set(model.operation_names) - {"StartSyncExecution"}

    def run(self, action, request, *options):
        from awscli.botocore import xform_name

        command = ["/usr/bin/aws", "stepfunctions", xform_name(action, "-"), "--endpoint-url", URL, "--output", "json"]
        command += ["--cli-input-json", json.dumps(request), *options]
        end = subprocess.run(command, capture_output=True, text=True, check=False)
        if end.returncode != 0:
            code = end.stderr.partition("An error occurred (")[2].partition(")")[0]
            raise Refused(code, end.stderr)
        answer = json.loads(end.stdout) if end.stdout.strip() else {}
        for name, value in answer.items():
            if name.endswith("Date"):
                answer[name] = datetime.datetime.fromisoformat(value)
        return answer

    def act(self, action, request):
        return self.run(action, request)

    def pages(self, action, request, size):
        return [self.run(action, request, "--page-size", str(size))]


client = {"boto3": Boto3, "aws": AwsCli}[CLIENT]()
called = set()


def act(action, **request):
    called.add(action)
    return client.act(action, request)


class Case(unittest.TestCase):
    made = 0

    def refuses(self, code, action, **request):
        with self.assertRaises(Refused) as refused:
            act(action, **request)
        self.assertEqual(refused.exception.code, code, refused.exception)

    def eventually(self, what):
        for _ in range(600):
            found = what()
            if found:
                return found
            time.sleep(0.05)
        self.fail("it did not happen")

    def create(self, definition=PASS, **more):
        Case.made += 1
        name = f"{CLIENT}-{os.getpid()}-{Case.made}"
        return act("CreateStateMachine", name=name, definition=definition, roleArn=ROLE, **more)["stateMachineArn"]

    def ended(self, arn):
        def description():
            found = act("DescribeExecution", executionArn=arn)
            return found["status"] != "RUNNING" and found

        return self.eventually(description)

    def start(self, machine, **more):
        return act("StartExecution", stateMachineArn=machine, **more)["executionArn"]


class StateMachines(Case):
    def test_are_created_described_updated_and_deleted(self):
        arn = self.create(tags=[{"key": "a", "value": "1"}])
        found = act("DescribeStateMachine", stateMachineArn=arn)
        self.assertEqual(found["definition"], PASS)
        self.assertIsInstance(found["creationDate"], datetime.datetime)
        other = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})
        act("UpdateStateMachine", stateMachineArn=arn, definition=other)
        self.assertEqual(act("DescribeStateMachine", stateMachineArn=arn)["definition"], other)
        act("TagResource", resourceArn=arn, tags=[{"key": "b", "value": "2"}])
        act("UntagResource", resourceArn=arn, tagKeys=["a"])
        self.assertEqual(act("ListTagsForResource", resourceArn=arn)["tags"], [{"key": "b", "value": "2"}])
        self.create()
        self.create()
        act("ListStateMachines", maxResults=1)
        pages = client.pages("ListStateMachines", {}, 1)
        self.assertIn(arn, [one["stateMachineArn"] for page in pages for one in page["stateMachines"]])
        act("DeleteStateMachine", stateMachineArn=arn)
        self.refuses("StateMachineDoesNotExist", "DescribeStateMachine", stateMachineArn=arn)

    def test_that_are_wrong_are_refused(self):
        self.refuses("InvalidDefinition", "CreateStateMachine", name="bad", definition="{", roleArn=ROLE)
        self.refuses("InvalidName", "CreateStateMachine", name="a b", definition=PASS, roleArn=ROLE)
        self.refuses("InvalidArn", "DescribeStateMachine", stateMachineArn="nothing")


class Executions(Case):
    def test_are_started_described_listed_and_tell_their_history(self):
        machine = self.create()
        arn = self.start(machine, name="one", input='{"a":1}')
        found = self.ended(arn)
        self.assertEqual((found["status"], found["output"]), ("SUCCEEDED", '{"a":1}'))
        self.refuses("ExecutionAlreadyExists", "StartExecution", stateMachineArn=machine, name="one", input="{}")
        self.refuses("InvalidExecutionInput", "StartExecution", stateMachineArn=machine, input="no JSON")
        self.refuses("ExecutionDoesNotExist", "DescribeExecution", executionArn=arn + "-none")
        events = act("GetExecutionHistory", executionArn=arn)["events"]
        types = ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
        self.assertEqual([event["type"] for event in events], types)
        pages = client.pages("GetExecutionHistory", {"executionArn": arn}, 3)
        self.assertEqual([event["id"] for page in pages for event in page["events"]], [1, 2, 3, 4])
        self.ended(self.start(machine))
        self.assertEqual(len(act("ListExecutions", stateMachineArn=machine)["executions"]), 2)
        of = act("DescribeStateMachineForExecution", executionArn=arn)
        self.assertEqual(of["definition"], PASS)

    def test_are_stopped(self):
        wait = json.dumps({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}})
        arn = self.start(self.create(wait))
        self.assertIsInstance(act("StopExecution", executionArn=arn, error="Enough")["stopDate"], datetime.datetime)
        self.assertEqual(self.ended(arn)["status"], "ABORTED")

    @unittest.skipUnless("StartSyncExecution" in client.actions, "this client cannot reach it: docs/clients.md")
    def test_of_express_machines_answer_in_one_call(self):
        arn = self.create(type="EXPRESS")
        result = act("StartSyncExecution", stateMachineArn=arn, input='{"b":2}')
        self.assertEqual((result["status"], result["output"]), ("SUCCEEDED", '{"b":2}'))
        standard = self.create()
        self.refuses("StateMachineTypeNotSupported", "StartSyncExecution", stateMachineArn=standard)


class Activities(Case):
    def test_are_worked_on(self):
        activity = act("CreateActivity", name=f"{CLIENT}-{os.getpid()}")["activityArn"]
        self.assertIsInstance(act("DescribeActivity", activityArn=activity)["creationDate"], datetime.datetime)
        listed = act("ListActivities")["activities"]
        self.assertIn(activity, [one["activityArn"] for one in listed])
        task = {"Type": "Task", "Resource": activity, "HeartbeatSeconds": 300, "End": True}
        machine = self.create(json.dumps({"StartAt": "T", "States": {"T": task}}))
        first = self.start(machine, input='{"n":3}')
        taken = act("GetActivityTask", activityArn=activity, workerName=CLIENT)
        self.assertEqual(taken["input"], '{"n":3}')
        act("SendTaskHeartbeat", taskToken=taken["taskToken"])
        act("SendTaskSuccess", taskToken=taken["taskToken"], output='{"done":true}')
        self.assertEqual(self.ended(first)["output"], '{"done":true}')
        self.refuses("TaskTimedOut", "SendTaskSuccess", taskToken=taken["taskToken"], output="1")
        self.refuses("InvalidToken", "SendTaskSuccess", taskToken="guessed", output="1")
        second = self.start(machine)
        token = act("GetActivityTask", activityArn=activity)["taskToken"]
        act("SendTaskFailure", taskToken=token, error="Broken", cause="it fell")
        self.assertEqual(self.ended(second)["status"], "FAILED")
        act("DeleteActivity", activityArn=activity)
        self.refuses("ActivityDoesNotExist", "DescribeActivity", activityArn=activity)


class MapRuns(Case):
    def test_are_listed_described_and_changed(self):
        processor = {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "W",
            "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}},
        }
        states = {"M": {"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": processor, "End": True}}
        execution = self.start(self.create(json.dumps({"StartAt": "M", "States": states})), input="[1,2,3]")
        run = self.eventually(lambda: act("ListMapRuns", executionArn=execution)["mapRuns"])[0]["mapRunArn"]
        act("UpdateMapRun", mapRunArn=run, maxConcurrency=1)
        self.assertEqual(act("DescribeMapRun", mapRunArn=run)["maxConcurrency"], 1)
        act("StopExecution", executionArn=execution)


class ZEveryAction(unittest.TestCase):
    """Last by its name: unittest goes by the alphabet."""

    def test_was_called(self):
        self.assertEqual(client.actions - called, set())


if __name__ == "__main__":
    unittest.main(verbosity=1)
