"""The logs of executions, as Debian's boto3 and aws CLI read them. PAWL_URL says where the server is."""

import json
import os
import subprocess
import time
import unittest

import boto3
from botocore.exceptions import ClientError

URL = os.environ["PAWL_URL"]
GROUP = f"/aws/states/orders-{os.getpid()}"
GROUP_ARN = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:*"
EXECUTIONS = 12
DEFINITION = {
    "StartAt": "Check",
    "States": {
        "Check": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericEquals": 7, "Next": "Refuse"}],
            "Default": "Done",
        },
        "Refuse": {"Type": "Fail", "Error": "Orders.Refused"},
        "Done": {"Type": "Succeed"},
    },
}

logs = boto3.client("logs", endpoint_url=URL)
states = boto3.client("stepfunctions", endpoint_url=URL)


def aws(*words):
    end = subprocess.run(["/usr/bin/aws", *words, "--endpoint-url", URL], capture_output=True, text=True, check=True)
    return end.stdout


class Logs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        logs.create_log_group(logGroupName=GROUP)
        machine = states.create_state_machine(
            name=f"orders-{os.getpid()}",
            definition=json.dumps(DEFINITION),
            roleArn="arn:aws:iam::123456789012:role/tests",
            loggingConfiguration={
                "level": "ALL",
                "includeExecutionData": True,
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP_ARN}}],
            },
        )["stateMachineArn"]
        cls.arns = [
            states.start_execution(stateMachineArn=machine, input=json.dumps({"n": n}))["executionArn"]
            for n in range(EXECUTIONS)
        ]
        for _ in range(600):
            if len(cls.filtered('{ $.type = "ExecutionSucceeded" || $.type = ExecutionFailed }')) == EXECUTIONS:
                return
            time.sleep(0.05)
        raise AssertionError("the executions are not logged")

    @staticmethod
    def filtered(pattern="", size=5):
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=GROUP, filterPattern=pattern, PaginationConfig={"PageSize": size}
        )
        return [event for page in pages for event in page["events"]]

    def test_all_pages_have_every_event_once_in_the_order_of_time(self):
        events = self.filtered()
        whole = logs.filter_log_events(logGroupName=GROUP)["events"]
        self.assertEqual(events, whole)
        self.assertEqual(len({event["eventId"] for event in events}), len(events))
        times = [event["timestamp"] for event in events]
        self.assertEqual(times, sorted(times))
        types = [json.loads(event["message"])["type"] for event in events]
        for kind in ("ExecutionStarted", "ChoiceStateEntered", "ChoiceStateExited"):
            self.assertEqual(types.count(kind), EXECUTIONS)

    def test_patterns_find_what_went_wrong(self):
        for pattern in (
            "ExecutionFailed",
            '{ $.type = "ExecutionFailed" && $.details.error = "Orders.*" }',
            "%Orders\\.Refused% -FailStateEntered",
        ):
            found = self.filtered(pattern)
            self.assertEqual([json.loads(event["message"])["execution_arn"] for event in found], [self.arns[7]])
        one = self.filtered(f'{{ $.execution_arn = "{self.arns[3]}" }}')
        self.assertEqual(json.loads(one[0]["message"])["type"], "ExecutionStarted")
        with self.assertRaises(ClientError) as refused:
            logs.filter_log_events(logGroupName=GROUP, filterPattern="Orders.Refused")
        self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidParameterException")
        self.assertEqual(refused.exception.response["Error"]["Message"], "Invalid character(s) in term '.'")

    def test_a_stream_is_read_in_both_directions(self):
        stream = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True)["logStreams"][0]
        whole = self.filtered()
        self.assertEqual(stream["firstEventTimestamp"], whole[0]["timestamp"])
        self.assertEqual(stream["lastEventTimestamp"], whole[-1]["timestamp"])
        place = {"logGroupName": GROUP, "logStreamName": stream["logStreamName"], "limit": 7}
        for name, from_head in (("nextForwardToken", True), ("nextBackwardToken", False)):
            page = logs.get_log_events(startFromHead=from_head, **place)
            read = page["events"]
            while True:
                token = page[name]
                page = logs.get_log_events(nextToken=token, startFromHead=from_head, **place)
                read = read + page["events"] if from_head else page["events"] + read
                if page[name] == token:
                    break
            self.assertEqual(sorted(event["message"] for event in read), sorted(event["message"] for event in whole))

    def test_groups_and_streams_are_listed_in_pages(self):
        for name in "abc":
            logs.create_log_stream(logGroupName=GROUP, logStreamName=name)
        pages = logs.get_paginator("describe_log_streams").paginate(
            logGroupName=GROUP, PaginationConfig={"PageSize": 2}
        )
        names = [stream["logStreamName"] for page in pages for stream in page["logStreams"]]
        self.assertEqual(names[:3], ["a", "b", "c"])
        self.assertEqual(len(names), 4)
        logs.delete_log_stream(logGroupName=GROUP, logStreamName="a")
        groups = logs.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 1})
        self.assertIn(GROUP, [group["logGroupName"] for page in groups for group in page["logGroups"]])

    def test_the_cli_shows_them(self):
        lines = aws("logs", "tail", GROUP, "--since", "1h", "--format", "short").splitlines()
        self.assertEqual(len(lines), len(self.filtered()))
        found = aws("logs", "filter-log-events", "--log-group-name", GROUP, "--filter-pattern", "ExecutionFailed")
        self.assertEqual(len(json.loads(found)["events"]), 1)


if __name__ == "__main__":
    unittest.main(verbosity=1)
