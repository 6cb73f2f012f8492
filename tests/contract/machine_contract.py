"""State machines, their versions and aliases, definitions, activities and their tasks."""
import json

import asl_schema

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Assign": {"x": 1}, "End": True}}}
FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "because"}}}
MAP = {"StartAt": "M", "States": {"M": {"Type": "Map", "End": True, "ItemProcessor": {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **PASS}}}}


def activity_machine(arn):
    return {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": arn, "End": True}}}


MACHINE_BODIES = {
    "createActivity": {"name": "spare", "tags": {"team": "ml"}},
    "pollActivity": {"workerName": "w"},
    "succeedTask": {"output": {"done": True}},
    "failTask": {"error": "E", "cause": "because"},
    "heartbeatTask": {},
    "graphDefinition": {"definition": PASS, "type": "STANDARD"},
    "validateDefinition": {"definition": PASS, "type": "STANDARD"},
    "testState": {"definition": PASS["States"]["P"], "input": {"n": 1}, "inspectionLevel": "DEBUG"},
    "createStateMachine": {"name": "made", "definition": PASS, "type": "STANDARD", "tags": {"a": "b"}},
    "putStateMachine": {"definition": PASS},
    "publishVersion": {"description": "first"},
    "createAlias": {"name": "prod", "description": "d", "routes": [{"version": 1, "weight": 100}]},
    "putAlias": {"description": "e", "routes": [{"version": 1}]},
    "putTags": {"team": "ml"},
}


class Machines:
    """Of a Run: what `self.call`, `self.contract`, `self.unchanged` and `self.poll_until_ended` are."""

    def state_machines(self):
        made = self.call("createStateMachine", body=MACHINE_BODIES["createStateMachine"], status=201)
        assert self.contract.send("GET", made.headers["Location"].removeprefix("/api/v1")).status == 200
        self.call("createStateMachine", body={**MACHINE_BODIES["createStateMachine"], "definition": FAIL}, status=409)
        for name, definition in (("pass", PASS), ("fail", FAIL), ("map", MAP), ("other", PASS)):
            self.call("putStateMachine", {"stateMachine": name}, body={"definition": definition}, status=201)
        again = self.call("putStateMachine", {"stateMachine": "pass"}, body={"definition": PASS}, status=200)
        self.call("putStateMachine", {"stateMachine": "pass"}, {"validateOnly": "true"}, {"definition": PASS},
                  status=200, without={"ETag"})
        self.call("putStateMachine", {"stateMachine": "pass"}, body={"definition": FAIL},
                  headers={"If-Match": '"nope"'}, status=412)
        self.call("putStateMachine", {"stateMachine": "pass"}, body={"definition": FAIL},
                  headers={"If-None-Match": "*"}, status=412)
        self.call("putStateMachine", {"stateMachine": "pass"}, body={"definition": PASS, "name": "pass"},
                  headers={"If-Match": again.headers["ETag"]}, status=200)
        self.call("putStateMachine", {"stateMachine": "pass"}, body={"definition": {"StartAt": "P"}}, status=400)
        self.unchanged("getStateMachine", {"stateMachine": "pass"})
        page = self.call("listStateMachines", query={"pageSize": 2}, status=200)
        assert 'rel="next"' in page.headers["Link"]
        self.call("listStateMachines", query={"pageToken": page.json["nextPageToken"]}, status=200)
        self.call("deleteStateMachine", {"stateMachine": "made"}, headers={"If-Match": '"nope"'}, status=412)
        self.call("deleteStateMachine", {"stateMachine": "made"}, status=204)
        self.call("putStateMachine", {"stateMachine": "fast"}, body={"definition": PASS, "type": "EXPRESS"},
                  status=201)

    def releases(self):
        machine = {"stateMachine": "pass"}
        version = self.call("publishVersion", machine, body=MACHINE_BODIES["publishVersion"], status=201).json
        assert version["version"] == 1
        self.call("publishVersion", machine, body={"revisionId": "none"}, status=409)
        self.call("putStateMachine", machine, body={"definition": FAIL}, status=200)
        self.call("publishVersion", machine, body={}, status=201)
        self.call("putStateMachine", machine, body={"definition": PASS}, status=200)
        one = {**machine, "version": 1}
        self.unchanged("getVersionOfStateMachine", one)
        assert len(self.call("listVersions", machine, {"pageSize": 1}, status=200).json["items"]) == 1
        self.call("createAlias", machine, body=MACHINE_BODIES["createAlias"], status=201)
        self.call("createAlias", machine, body={**MACHINE_BODIES["createAlias"], "routes": [{"version": 2}]}, status=409)
        self.call("createAlias", machine, body={"name": "x", "routes": [{"version": 77}]}, status=404)
        self.call("listAliases", machine, status=200)
        prod = {**machine, "alias": "prod"}
        self.unchanged("getAlias", prod)
        self.call("putAlias", prod, body=MACHINE_BODIES["putAlias"], headers={"If-Match": '"nope"'}, status=412)
        self.call("putAlias", prod, body=MACHINE_BODIES["putAlias"], headers={"If-None-Match": "*"}, status=412)
        split = {"routes": [{"version": 1, "weight": 100}, {"version": 2, "weight": 0}]}
        self.call("putAlias", prod, body=split, status=200)
        self.call("putAlias", prod, body={"routes": [{"version": 1, "weight": 50}]}, status=400)
        self.call("putAlias", {**machine, "alias": "test"}, body={"routes": [{"version": 2}]}, status=201)
        started = self.call("startExecution", {"stateMachine": "pass:prod"}, body={}, headers={"Prefer": "wait=30"},
                            status=200).json
        assert started["status"] == "SUCCEEDED", started
        started = self.call("startExecution", {"stateMachine": "pass:2"}, body={}, headers={"Prefer": "wait=30"},
                            status=200).json
        assert started["status"] == "FAILED", started
        self.call("deleteVersion", {**machine, "version": 2}, headers={"If-Match": '"nope"'}, status=412)
        self.call("deleteVersion", {**machine, "version": 2}, status=409)
        self.call("deleteAlias", {**machine, "alias": "test"}, headers={"If-Match": '"nope"'}, status=412)
        self.call("deleteAlias", {**machine, "alias": "test"}, status=204)
        self.call("putAlias", prod, body={"routes": [{"version": 1}]}, status=200)
        self.call("deleteVersion", {**machine, "version": 2}, status=204)
        self.unchanged("getTags", machine)
        self.call("putTags", machine, body={"a": "b"}, headers={"If-Match": '"nope"'}, status=412)
        self.call("putTags", machine, body={"a": "b"}, status=200)
        assert self.call("getTags", machine).json == {"a": "b"}

    def activities(self):
        made = self.call("createActivity", body={"name": "hand"}, status=201).json
        self.call("putStateMachine", {"stateMachine": "wait"}, body={"definition": activity_machine(made["arn"])},
                  status=201)
        self.call("listActivities", status=200)
        self.call("getActivity", {"activity": "hand"}, status=200)
        self.dying_machine(made["arn"])
        for number, (operation_id, status) in enumerate((("succeedTask", "SUCCEEDED"), ("failTask", "FAILED"))):
            name = f"by-hand-{number}"
            self.call("startExecution", {"stateMachine": "wait"}, body={"name": name, "input": {"n": 1}}, status=202)
            task = self.call("pollActivity", {"activity": "hand"}, body=MACHINE_BODIES["pollActivity"], status=200).json
            assert task["input"] == {"n": 1}
            token = {"taskToken": task["taskToken"]}
            self.call("heartbeatTask", token, body={}, status=204)
            self.call(operation_id, token, body=MACHINE_BODIES[operation_id], status=204)
            assert self.poll_until_ended("wait:" + name)["status"] == status
            for late in ("heartbeatTask", "succeedTask", "failTask"):
                self.call(late, token, body=MACHINE_BODIES[late], status=409)

    def dying_machine(self, activity):
        """A state machine that is deleted, and still has an execution."""
        self.call("createActivity", body={"name": "other-hand"}, status=201)
        machine = {"stateMachine": "dying"}
        body = {"definition": activity_machine(activity.replace("hand", "other-hand"))}
        self.call("putStateMachine", machine, body=body, status=201)
        self.call("startExecution", machine, body={"name": "last"}, status=202)
        self.call("deleteStateMachine", machine, status=204)
        self.call("putStateMachine", machine, body=body, status=409)
        self.call("putAlias", {**machine, "alias": "a"}, body=MACHINE_BODIES["putAlias"], status=409)
        self.call("stopExecution", {"execution": "dying:last"}, body={}, status=200)

    def definitions(self):
        assert self.call("validateDefinition", body=MACHINE_BODIES["validateDefinition"], status=200).json["valid"]
        broken = {"definition": {"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "Q"}}}}
        assert not self.call("validateDefinition", body=broken, status=200).json["valid"]
        self.call("graphDefinition", body=broken, status=400)
        self.call("graphDefinition", body={"definition": json.dumps(MAP)}, status=200)
        asl_schema.check(self.call("getDefinitionSchema", status=200).json, lambda definition, kind: self.call(
            "validateDefinition", body={"definition": definition, "type": kind}, status=200).json["valid"])
        tested = self.call("testState", body=MACHINE_BODIES["testState"], status=200).json
        assert tested["output"] == {"n": 1}, tested
        self.call("testState", body={"definition": FAIL["States"]["F"]}, status=200)
