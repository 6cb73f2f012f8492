"""Executions, their histories and Map Runs, and what is done to many of them."""
import json

EXECUTION_BODIES = {
    "bulkStop": {"stateMachine": "wait", "dryRun": True, "error": "E", "cause": "because"},
    "bulkRedrive": {"stateMachine": "fail", "dryRun": True, "status": "FAILED"},
    "stopExecution": {"error": "E", "cause": "because"},
    "redriveExecution": {"clientToken": "t"},
    "forkExecution": {"state": "P", "input": {"n": 2}, "name": "forked", "labels": {"team": "ml"}, "visit": 1,
                      "reason": "another n"},
    "inspectExecution": {"format": 1, "execution": {}, "events": []},
    "startExecution": {"name": "one", "input": {"n": 1}, "labels": {"team": "ml"}},
}


class Executions:
    """Of a Run: what `self.call`, `self.contract`, `self.unchanged` and `self.poll_until_ended` are."""

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
        self.call("redriveExecution", {"execution": "fail:bad"}, body=EXECUTION_BODIES["redriveExecution"], status=200)
        self.poll_until_ended("fail:bad")
        forked = self.call("forkExecution", {"execution": "pass:one"}, body=EXECUTION_BODIES["forkExecution"], status=201)
        self.call("forkExecution", {"execution": "pass:one"}, body=EXECUTION_BODIES["forkExecution"], status=409)
        self.call("forkExecution", {"execution": "pass:one"}, body={"state": "none"}, status=400)
        self.poll_until_ended(forked.json["id"])
        forks = self.call("listExecutionsOfStateMachine", start, {"forkOf": "pass:one"}, status=200).json["items"]
        assert [each["id"] for each in forks] == [forked.json["id"]], forks
        self.call("listExecutions", query={"forkOf": "pass:one", "error": "E"}, status=400)
        self.call("startExecution", {"stateMachine": "wait"}, body={"name": "stopped"}, status=202)
        self.call("stopExecution", {"execution": "wait:stopped"}, body=EXECUTION_BODIES["stopExecution"], status=200)

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
        body = EXECUTION_BODIES["bulkStop"]
        dry = self.call("bulkStop", body=body, status=200).json
        assert dry["matching"] >= 3 and "wait:many-2" in dry["executions"], dry
        self.call("bulkStop", body={"stateMachine": "wait"}, status=400)
        real = {**body, "dryRun": False, "operation": dry["operation"]}
        self.call("bulkStop", body={**real, "error": "other"}, status=400)
        done = self.call("bulkStop", body=real, status=200).json
        assert done["done"] == dry["matching"] and not done["failed"], done
        body = EXECUTION_BODIES["bulkRedrive"]
        dry = self.call("bulkRedrive", body=body, status=200).json
        done = self.call("bulkRedrive", body={**body, "dryRun": False, "operation": dry["operation"]}, status=200).json
        assert done["done"] == dry["matching"] == 1, done
