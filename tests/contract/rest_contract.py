"""Asks a server for everything that its OpenAPI document describes, each success and each failure, and holds the
answers against it.

rest_contract.py URL URL-WITH-VIRTUAL-TIME URL-THAT-WANTS-CREDENTIALS TOKEN-TO-READ URL-WITH-A-RATE-OF-ONE"""
import copy
import json
import sys
import threading
import time
import uuid

import asl_schema
from artifact_contract import ARTIFACT_NOT_THERE, Artifacts
from openapi_check import Contract, ContractError
from finding_contract import TOKEN, Finding
from ml_contract import ML_BODIES, ML_NOT_THERE, MachineLearning
from model_contract import MODEL_BODIES, MODEL_NOT_THERE, RegisteredModels
from run_contract import RUN_BODIES, RUN_NOT_THERE, Runs
from schedule_contract import SCHEDULE_BODIES, Schedules

# Not to be had on demand: a broken disk, a fault.
BEYOND_REACH = {500, 503}

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Assign": {"x": 1}, "End": True}}}
FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "because"}}}
MAP = {"StartAt": "M", "States": {"M": {"Type": "Map", "End": True, "ItemProcessor": {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **PASS}}}}


def activity_machine(arn):
    return {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": arn, "End": True}}}


# A body that satisfies the schema of each operation that takes one.
BODIES = {
    "createActivity": {"name": "spare", "tags": {"team": "ml"}},
    "pollActivity": {"workerName": "w"},
    "succeedTask": {"output": {"done": True}},
    "failTask": {"error": "E", "cause": "because"},
    "heartbeatTask": {},
    "graphDefinition": {"definition": PASS, "type": "STANDARD"},
    "validateDefinition": {"definition": PASS, "type": "STANDARD"},
    "testState": {"definition": PASS["States"]["P"], "input": {"n": 1}, "inspectionLevel": "DEBUG"},
    "advanceClock": {"seconds": 1},
    "bulkStop": {"stateMachine": "wait", "dryRun": True, "error": "E", "cause": "because"},
    "bulkRedrive": {"stateMachine": "fail", "dryRun": True, "status": "FAILED"},
    "stopExecution": {"error": "E", "cause": "because"},
    "redriveExecution": {"clientToken": "t"},
    "forkExecution": {"state": "P", "input": {"n": 2}, "name": "forked", "labels": {"team": "ml"}, "visit": 1,
                      "reason": "another n"},
    "inspectExecution": {"format": 1, "execution": {}, "events": []},
    "createToken": TOKEN,
    "createStateMachine": {"name": "made", "definition": PASS, "type": "STANDARD", "tags": {"a": "b"}},
    "putStateMachine": {"definition": PASS},
    "startExecution": {"name": "one", "input": {"n": 1}, "labels": {"team": "ml"}},
    "publishVersion": {"description": "first"},
    "createAlias": {"name": "prod", "description": "d", "routes": [{"version": 1, "weight": 100}]},
    "putAlias": {"description": "e", "routes": [{"version": 1}]},
    "putTags": {"team": "ml"},
    **ML_BODIES,
    **MODEL_BODIES,
    **RUN_BODIES,
    **SCHEDULE_BODIES,
}

NOT_THERE = {"execution": "nobody:nothing", "stateMachine": "nobody", "step": 999, "mapRun": "none", "stage": "input",
             "version": 99, "alias": "none", "activity": "none", "taskToken": "none", "token": "none", "attempt": 99,
             "event": 999, "mapRunName": "nobody/none:none", "schedule": "none", **ARTIFACT_NOT_THERE,
             **ML_NOT_THERE, **MODEL_NOT_THERE, **RUN_NOT_THERE}


def queries_of(operation_id, execution):
    """Parameters that an operation does not go without."""
    return {"diffExecutions": {"with": execution}, "compareExecutions": {"a": execution, "b": execution},
            "streamTopics": {"topic": "executions/" + execution}, "listJobs": {"execution": execution},
            "listRuns": {"execution": execution}, "compareRuns": {"ids": "client/none"}}.get(operation_id)


def wrong_values(schema):
    """Values that a property of this schema does not take."""
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds or []
    values = {"string": "text", "object": {}, "array": [], "integer": 7, "number": 7, "boolean": True}
    fitting = set(kinds) | ({"integer"} if "number" in kinds else set())
    wrong = [value for kind, value in values.items() if kinds and kind not in fitting and
             not (kind == "number" and "integer" in kinds)]
    if "enum" in schema:
        wrong.append("none of them")
    if "maxLength" in schema:
        wrong.append("x" * (schema["maxLength"] + 1))
    if "minimum" in schema:
        wrong.append(schema["minimum"] - 1)
    return wrong


class Run(Artifacts, Finding, MachineLearning, RegisteredModels, Runs, Schedules):
    def __init__(self, contract):
        self.contract = contract
        self.call = contract.call

    def paths_of(self, operation_id, values):
        operation = self.contract.operations[operation_id][2]
        parameters = [self.contract.resolved(each) for each in operation["parameters"]]
        return {each["name"]: values[each["name"]] for each in parameters if each["in"] == "path"}

    def poll_until_ended(self, execution):
        return self.call("getExecution", {"execution": execution}, headers={"Prefer": "wait=30"}, status=200).json

    # Failures that every operation has in common.

    def refuse_unknown_parameters(self):
        for operation_id in self.contract.operations:
            self.call(operation_id, self.paths_of(operation_id, NOT_THERE), {"nope": 1},
                      BODIES.get(operation_id), status=400)

    def refuse_bodies(self):
        for operation_id, (_, _, operation) in self.contract.operations.items():
            if "application/json" not in operation.get("requestBody", {}).get("content", {}):
                continue
            schema = self.contract.resolved(operation["requestBody"]["content"]["application/json"]["schema"])
            good = BODIES[operation_id]
            self.contract.validate(good, schema, operation_id)
            path = self.paths_of(operation_id, NOT_THERE)
            bad = [("", []), ("", "text"), ("", 7)]
            if schema.get("additionalProperties") is False:
                bad.append(("/nope", {**good, "nope": 1}))
            elif schema.get("additionalProperties") is not True:
                bad.append(("/k", {"k": 1}))
            for name in schema.get("required", []):
                bad.append(("/" + name, {key: value for key, value in good.items() if key != name}))
            for name, member in schema.get("properties", {}).items():
                for value in wrong_values(self.contract.resolved(member)):
                    bad.append(("/" + name, {**good, name: value}))
            for pointer, body in bad:
                problem = self.call(operation_id, path, body=body, status=400).json
                if pointer not in [error["pointer"] for error in problem.get("errors", [])]:
                    raise ContractError(f"{operation_id}: {body} is refused, but not for {pointer}: {problem}")
            self.call(operation_id, path, raw="{", status=400)
            self.call(operation_id, path, body=good, headers={"Content-Encoding": "gzip"}, status=415)

    def refuse_what_is_not_there(self):
        for operation_id, (_, _, operation) in self.contract.operations.items():
            if "404" not in operation["responses"]:
                continue
            body = copy.deepcopy(BODIES.get(operation_id))
            if operation_id in ("bulkStop", "bulkRedrive"):
                body["stateMachine"] = "nobody"
            query = queries_of(operation_id, "nobody:nothing")
            self.call(operation_id, self.paths_of(operation_id, NOT_THERE), query, body, status=404)

    def refuse_reused_keys(self):
        for operation_id, (method, _, _) in self.contract.operations.items():
            if method != "POST":
                continue
            key = {"Idempotency-Key": str(uuid.uuid4())}
            path = self.paths_of(operation_id, NOT_THERE)
            text = json.dumps(BODIES[operation_id])
            if operation_id != "pollActivity":
                first = self.call(operation_id, path, raw=text, headers=key)
                again = self.call(operation_id, path, raw=text, headers=key)
                assert again.headers["Idempotency-Replayed"] == "true", operation_id
                assert (again.status, again.body) == (first.status, first.body), operation_id
            else:
                self.call(operation_id, path, raw=text, headers=key)
            self.call(operation_id, path, raw=text + " ", headers=key, status=422)
            self.call(operation_id, path, raw=text, headers={"Idempotency-Key": "no good"}, status=400)

    # What there is to see.

    def state_machines(self):
        made = self.call("createStateMachine", body=BODIES["createStateMachine"], status=201)
        assert self.contract.send("GET", made.headers["Location"].removeprefix("/api/v1")).status == 200
        self.call("createStateMachine", body={**BODIES["createStateMachine"], "definition": FAIL}, status=409)
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

    def unchanged(self, operation_id, path):
        etag = self.call(operation_id, path, status=200).headers["ETag"]
        self.call(operation_id, path, headers={"If-None-Match": etag}, status=304)
        self.call(operation_id, path, headers={"If-None-Match": '"other", ' + etag}, status=304)
        self.call(operation_id, path, headers={"If-None-Match": '"other"'}, status=200)

    def releases(self):
        machine = {"stateMachine": "pass"}
        version = self.call("publishVersion", machine, body=BODIES["publishVersion"], status=201).json
        assert version["version"] == 1
        self.call("publishVersion", machine, body={"revisionId": "none"}, status=409)
        self.call("putStateMachine", machine, body={"definition": FAIL}, status=200)
        self.call("publishVersion", machine, body={}, status=201)
        self.call("putStateMachine", machine, body={"definition": PASS}, status=200)
        one = {**machine, "version": 1}
        self.unchanged("getVersionOfStateMachine", one)
        assert len(self.call("listVersions", machine, {"pageSize": 1}, status=200).json["items"]) == 1
        self.call("createAlias", machine, body=BODIES["createAlias"], status=201)
        self.call("createAlias", machine, body={**BODIES["createAlias"], "routes": [{"version": 2}]}, status=409)
        self.call("createAlias", machine, body={"name": "x", "routes": [{"version": 77}]}, status=404)
        self.call("listAliases", machine, status=200)
        prod = {**machine, "alias": "prod"}
        self.unchanged("getAlias", prod)
        self.call("putAlias", prod, body=BODIES["putAlias"], headers={"If-Match": '"nope"'}, status=412)
        self.call("putAlias", prod, body=BODIES["putAlias"], headers={"If-None-Match": "*"}, status=412)
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
            task = self.call("pollActivity", {"activity": "hand"}, body=BODIES["pollActivity"], status=200).json
            assert task["input"] == {"n": 1}
            token = {"taskToken": task["taskToken"]}
            self.call("heartbeatTask", token, body={}, status=204)
            self.call(operation_id, token, body=BODIES[operation_id], status=204)
            assert self.poll_until_ended("wait:" + name)["status"] == status
            for late in ("heartbeatTask", "succeedTask", "failTask"):
                self.call(late, token, body=BODIES[late], status=409)

    def dying_machine(self, activity):
        """A state machine that is deleted, and still has an execution."""
        self.call("createActivity", body={"name": "other-hand"}, status=201)
        machine = {"stateMachine": "dying"}
        body = {"definition": activity_machine(activity.replace("hand", "other-hand"))}
        self.call("putStateMachine", machine, body=body, status=201)
        self.call("startExecution", machine, body={"name": "last"}, status=202)
        self.call("deleteStateMachine", machine, status=204)
        self.call("putStateMachine", machine, body=body, status=409)
        self.call("putAlias", {**machine, "alias": "a"}, body=BODIES["putAlias"], status=409)
        self.call("stopExecution", {"execution": "dying:last"}, body={}, status=200)

    def executions(self):
        start = {"stateMachine": "pass"}
        self.call("startExecution", start, body={"name": "one", "input": {"n": 1}}, headers={"Prefer": "wait=30"},
                  status=200)
        self.call("startExecution", start, body={"name": "one", "input": {"n": 2}}, status=409)
        self.call("startExecution", {"stateMachine": "other"}, body={"name": "one", "input": {"n": 2}},
                  headers={"Prefer": "wait=30"}, status=200)
        fast = self.call("startExecution", {"stateMachine": "fast"}, body={"input": {"n": 1}},
                         headers={"Prefer": "wait=30"}, status=200).json
        assert fast["status"] == "SUCCEEDED" and fast["output"] == {"n": 1}, fast
        self.call("startExecution", {"stateMachine": "fast"}, body={}, status=202)
        self.unchanged("getExecution", {"execution": "pass:one"})
        self.call("listExecutions", query={"status": "SUCCEEDED", "stateMachine": "pass"}, status=200)
        self.call("listExecutions", query={"startedAfter": "2020-01-01T00:00:00Z", "pageSize": 1}, status=200)
        named = self.call("listExecutions", query={"stateMachine": "pass", "namePrefix": "on"}, status=200).json
        assert [each["name"] for each in named["items"]] == ["one"], named
        self.call("listExecutionsOfStateMachine", start, {"namePrefix": "on"}, status=200)
        counts = self.call("countExecutions", query={"stateMachine": "other", "groupBy": "status"}, status=200).json
        assert counts["counts"]["SUCCEEDED"] == 1 and counts["total"] == 1, counts
        self.call("countExecutions", status=200)
        self.finding()
        exported = self.call("exportExecution", {"execution": "pass:one"}, status=200).json
        assert exported["events"][-1]["type"] == "ExecutionSucceeded", exported
        self.call("startExecution", {"stateMachine": "fail"}, body={"name": "bad"}, headers={"Prefer": "wait=30"},
                  status=200)
        for query in ({"error": "E"}, {"failedState": "F"}, {"error": "E", "failedState": "F"}):
            failures = self.call("listExecutions", query={**query, "stateMachine": "fail"}, status=200).json["items"]
            assert [(each["id"], each["failedState"]) for each in failures] == [("fail:bad", "F")], (query, failures)
        of_all = self.call("listExecutions", query={"error": "E"}, status=200).json["items"]
        assert of_all[0]["id"] == "fail:bad" and {each["error"]["name"] for each in of_all} == {"E"}, of_all
        assert self.call("listExecutions", query={"error": "none"}, status=200).json["items"] == []
        self.call("redriveExecution", {"execution": "pass:one"}, body={}, status=409)
        self.call("redriveExecution", {"execution": "fail:bad"}, body=BODIES["redriveExecution"], status=200)
        self.poll_until_ended("fail:bad")
        forked = self.call("forkExecution", {"execution": "pass:one"}, body=BODIES["forkExecution"], status=201)
        self.call("forkExecution", {"execution": "pass:one"}, body=BODIES["forkExecution"], status=409)
        self.call("forkExecution", {"execution": "pass:one"}, body={"state": "none"}, status=400)
        self.poll_until_ended(forked.json["id"])
        forks = self.call("listExecutionsOfStateMachine", start, {"forkOf": "pass:one"}, status=200).json["items"]
        assert [each["id"] for each in forks] == [forked.json["id"]], forks
        self.call("listExecutions", query={"forkOf": "pass:one", "error": "E"}, status=400)
        self.call("startExecution", {"stateMachine": "wait"}, body={"name": "stopped"}, status=202)
        self.call("stopExecution", {"execution": "wait:stopped"}, body=BODIES["stopExecution"], status=200)

    def ambiguous_names(self):
        for operation_id, (_, path, operation) in self.contract.operations.items():
            names_one = path.startswith("/executions/{execution}") or queries_of(operation_id, "one")
            if not names_one or "409" not in operation["responses"]:
                continue
            query = queries_of(operation_id, "one")
            self.call(operation_id, self.paths_of(operation_id, {**NOT_THERE, "execution": "one"}), query,
                      BODIES.get(operation_id), status=409)

    def histories(self):
        one = {"execution": "pass:one"}
        steps = self.call("listSteps", one, status=200).json["items"]
        step = {**one, "step": steps[0]["id"]}
        self.call("getStep", step, status=200)
        for stage in ("input", "output", "variables"):
            self.unchanged("getStepDocument", {**step, "stage": stage})
        document = {**step, "stage": "output"}
        part = self.call("getStepDocument", document, headers={"Range": "bytes=1-3"}, status=206)
        assert (part.body, part.headers["Content-Range"]) == (b'"n"', "bytes 1-3/7"), part.body
        self.call("getStepDocument", document, headers={"Range": "bytes=99-"}, status=416)
        self.call("getEvent", {**one, "event": 1}, status=200)
        columns = self.call("listEvents", one, {"format": "columns"}, status=200).json
        assert len(columns["columns"]["id"]) == 4, columns
        task = self.call("listSteps", {"execution": "wait:by-hand-0"}, status=200).json["items"][0]
        self.call("getAttempt", {"execution": "wait:by-hand-0", "step": task["id"], "attempt": 1}, status=200)
        self.follow_topics()
        page = self.call("listEvents", one, {"pageSize": 1}, status=200).json
        self.call("listEvents", one, {"pageToken": page["nextPageToken"]}, status=200)
        for execution in ("wait:by-hand-1", "fail:bad", "map:all"):
            for operation_id in ("listSteps", "listEvents", "replayExecution", "getExecution", "exportExecution"):
                self.call(operation_id, {"execution": execution}, status=200)
        stream = self.call("streamEvents", one, {"since": 1}, status=200).body.decode()
        datas = [line.removeprefix("data: ") for line in stream.splitlines() if line.startswith("data: ")]
        for data in datas[:-1]:
            self.contract.validate(json.loads(data), {"$ref": "#/components/schemas/Event"}, "streamEvents")
        assert json.loads(datas[-1]) == {"status": "SUCCEEDED"}
        self.call("replayExecution", one, {"event": 2}, status=200)
        self.call("startExecution", {"stateMachine": "wait"}, body={"name": "open"}, status=202)
        self.call("replayExecution", {"execution": "wait:open"}, status=200)
        self.call("diffExecutions", one, {"with": "other:one", "pageSize": 1}, status=200)
        self.call("diffExecutions", one, {"with": "wait:by-hand-1"}, status=200)
        self.call("compareExecutions", query={"a": "pass:one", "b": "other:one", "pageSize": 1}, status=200)

    def map_runs(self):
        self.call("startExecution", {"stateMachine": "map"}, body={"name": "all", "input": [1, 2, 3]},
                  headers={"Prefer": "wait=60"}, status=200)
        run = self.call("listMapRuns", {"execution": "map:all"}, status=200).json["items"][0]
        path = {"execution": "map:all", "mapRun": run["id"]}
        self.call("getMapRun", path, status=200)
        children = self.call("listMapRunExecutions", path, {"pageSize": 2}, status=200).json
        assert len(children["items"]) == 2 and "nextPageToken" in children
        assert self.call("listMapRunExecutions", path, {"status": "FAILED"}, status=200).json["items"] == []
        for name in (run["arn"], run["arn"].split(":mapRun:")[1]):
            by_name = {"mapRunName": name}
            assert self.call("getMapRunByName", by_name, status=200).json["id"] == run["id"]
            items = self.call("listMapRunItems", by_name, {"status": "SUCCEEDED", "pageSize": 2}, status=200).json
            assert [each["firstItem"] for each in items["items"]] == [0, 1] and "nextPageToken" in items, items
            items = self.call("listMapRunItems", by_name, {"status": "SUCCEEDED", "pageToken": items["nextPageToken"]},
                              status=200).json
            assert [each["firstItem"] for each in items["items"]] == [2] and "nextPageToken" not in items, items

    def bulk(self):
        for number in range(3):
            self.call("startExecution", {"stateMachine": "wait"}, body={"name": f"many-{number}"}, status=202)
        body = BODIES["bulkStop"]
        dry = self.call("bulkStop", body=body, status=200).json
        assert dry["matching"] >= 3 and "wait:many-2" in dry["executions"], dry
        self.call("bulkStop", body={"stateMachine": "wait"}, status=400)
        real = {**body, "dryRun": False, "operation": dry["operation"]}
        self.call("bulkStop", body={**real, "error": "other"}, status=400)
        done = self.call("bulkStop", body=real, status=200).json
        assert done["done"] == dry["matching"] and not done["failed"], done
        body = BODIES["bulkRedrive"]
        dry = self.call("bulkRedrive", body=body, status=200).json
        done = self.call("bulkRedrive", body={**body, "dryRun": False, "operation": dry["operation"]}, status=200).json
        assert done["done"] == dry["matching"] == 1, done

    def definitions(self):
        assert self.call("validateDefinition", body=BODIES["validateDefinition"], status=200).json["valid"]
        broken = {"definition": {"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "Q"}}}}
        assert not self.call("validateDefinition", body=broken, status=200).json["valid"]
        self.call("graphDefinition", body=broken, status=400)
        self.call("graphDefinition", body={"definition": json.dumps(MAP)}, status=200)
        asl_schema.check(self.call("getDefinitionSchema", status=200).json, lambda definition, kind: self.call(
            "validateDefinition", body={"definition": definition, "type": kind}, status=200).json["valid"])
        tested = self.call("testState", body=BODIES["testState"], status=200).json
        assert tested["output"] == {"n": 1}, tested
        self.call("testState", body={"definition": FAIL["States"]["F"]}, status=200)

    def server(self, virtual):
        self.call("getVersion", status=200)
        self.call("getOpenApi", status=200)
        self.call("getClock", status=200)
        diagnostics = self.call("getDiagnostics", status=200).json
        assert diagnostics["ready"] and diagnostics["disk"]["databaseBytes"] > 0, diagnostics
        self.call("advanceClock", body=BODIES["advanceClock"], status=409)
        virtual.call("advanceClock", body=BODIES["advanceClock"], status=200)
        self.contract.seen |= virtual.seen

    def in_progress(self):
        key = {"Idempotency-Key": str(uuid.uuid4()), "Prefer": "wait=30"}
        body = {"name": "patient"}
        answers = []
        first = threading.Thread(target=lambda: answers.append(
            self.call("startExecution", {"stateMachine": "wait"}, body=body, headers=key, status=200)))
        first.start()
        while self.contract.send("GET", "/executions/wait:patient").status != 200:
            time.sleep(0.01)
        self.call("startExecution", {"stateMachine": "wait"}, body=body, headers=key, status=409)
        self.call("stopExecution", {"execution": "wait:patient"}, body={}, status=200)
        first.join()
        assert answers[0].json["status"] == "ABORTED"

    def compressed(self):
        plain = self.call("getOpenApi", status=200)
        packed = self.call("getOpenApi", headers={"Accept-Encoding": "br, gzip"}, status=200)
        assert packed.headers["Content-Encoding"] == "gzip" and len(packed.body) < len(plain.body) / 3
        large = self.call("startExecution", {"stateMachine": "pass"}, body={"input": ["text"] * 1000},
                          headers={"Prefer": "wait=30"}, status=200).json
        path = {"execution": large["id"]}
        etag = self.call("getExecution", path, headers={"Accept-Encoding": "gzip"}, status=200).headers["ETag"]
        assert etag != self.call("getExecution", path, status=200).headers["ETag"]
        self.call("getExecution", path, headers={"If-None-Match": etag}, status=304)

    def poll_without_tasks(self):
        self.call("createActivity", body={"name": "idle"}, status=201)
        self.call("pollActivity", {"activity": "idle"}, body={}, status=204)
        self.call("deleteActivity", {"activity": "idle"}, status=204)

    # Who is refused whatever it asks for.

    def refuse_strangers(self, secured, reader):
        for operation_id, (_, _, operation) in secured.operations.items():
            path = self.paths_of(operation_id, NOT_THERE)
            body = BODIES.get(operation_id)
            secured.call(operation_id, path, body=body, status=401)
            unknown = {"Authorization": "Bearer pawl_nobody"}
            refused = secured.call(operation_id, path, body=body, headers=unknown, status=401)
            assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"], operation_id
            [scope] = operation["security"][0]["token"]
            if scope != "read":
                denied = secured.call(operation_id, path, body=body, headers=reader, status=403)
                assert f'scope="{scope}"' in denied.headers["WWW-Authenticate"], operation_id
            else:
                admitted = secured.call(operation_id, path, body=body, headers=reader)
                assert admitted.status not in (401, 403), operation_id
        self.contract.seen |= secured.seen

    def refuse_pages_of_other_sites(self):
        for operation_id in self.contract.operations:
            path = self.paths_of(operation_id, NOT_THERE)
            body = BODIES.get(operation_id)
            answer = self.call(operation_id, path, body=body, headers={"Host": "example.org"}, status=403)
            is_head = self.contract.operations[operation_id][0] == "HEAD"
            assert is_head or answer.json["type"] == "/docs/problems/foreign-request", answer.body

    def refuse_the_hasty(self, limited):
        for operation_id in limited.operations:
            path = self.paths_of(operation_id, NOT_THERE)
            answers = []
            while not answers or answers[-1].status != 429:
                assert len(answers) < 20, operation_id
                answers.append(limited.call(operation_id, path, body=BODIES.get(operation_id)))
            assert answers[-1].headers["RateLimit-Remaining"] == "0", operation_id
            assert int(answers[-1].headers["Retry-After"]) >= 1, operation_id
        time.sleep(int(answers[-1].headers["Retry-After"]))
        limited.call("getVersion", status=200)
        self.contract.seen |= limited.seen

    def uncovered(self):
        left = []
        for operation_id, (method, path, operation) in self.contract.operations.items():
            for status in map(int, operation["responses"]):
                # 409 of a POST may be nothing but a request in progress, which in_progress() shows for one of them.
                is_in_progress = status == 409 and method == "POST"
                if (operation_id, status) in self.contract.seen or status in BEYOND_REACH or is_in_progress:
                    continue
                left.append(f"{operation_id} {status}")
        return left


def main(url, virtual_url, secured_url, reader, limited_url):
    contract = Contract(url)
    contract.check_document()
    run = Run(contract)
    # Takes the minute that a worker may wait.
    idle = threading.Thread(target=run.poll_without_tasks, daemon=True)
    idle.start()
    run.server(Contract(virtual_url))
    secured = Contract(secured_url, contract.document)
    run.refuse_strangers(secured, {"Authorization": f"Bearer {reader}"})
    run.refuse_pages_of_other_sites()
    run.refuse_the_hasty(Contract(limited_url, contract.document, is_rate_limited=True))
    run.refuse_unknown_parameters()
    run.refuse_bodies()
    run.definitions()
    run.activities()
    run.refuse_what_is_not_there()
    run.state_machines()
    run.releases()
    run.tokens()
    run.schedules()
    run.executions()
    run.ambiguous_names()
    run.map_runs()
    run.histories()
    run.bulk()
    run.machine_learning()
    run.registered_models()
    run.runs()
    run.artifacts()
    run.in_progress()
    run.compressed()
    run.refuse_reused_keys()
    idle.join()
    left = run.uncovered()
    if left:
        raise ContractError("never answered: " + ", ".join(left))
    print(f"{len(contract.operations)} operations, {len(contract.seen)} kinds of answers")


if __name__ == "__main__":
    main(*sys.argv[1:])
