"""Executions found by what was said of them and how they went; streams of topics; tokens."""
import http.client
import json

WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}
PARENT = {"StartAt": "C", "States": {"C": {
    "Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": True, "Parameters": {
        "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:other", "Name": "child"}}}}
TOKEN = {"name": "ci", "scope": "run", "expiresAt": "2100-01-01T00:00:00Z"}


class Finding:
    """Of a Run: what `self.call` and `self.contract` are."""

    def finding(self):
        pass_one = {"execution": "pass:one"}
        self.call("startExecution", {"stateMachine": "pass"}, body={"name": "labelled", "labels": {"run": "7", "team": "ml"}},
                  headers={"Prefer": "wait=30"}, status=200)
        found = self.call("listExecutions", query={"label": "run=7", "orderBy": "startedAt desc"}, status=200).json["items"]
        assert [(each["id"], each["labels"]) for each in found] == [("pass:labelled", {"run": "7", "team": "ml"})], found
        sparse = self.call("listExecutionsOfStateMachine", {"stateMachine": "pass"}, {"fields": "id", "label": "run=7"},
                           status=200).json["items"]
        assert sparse == [{"id": "pass:labelled"}], sparse
        assert self.call("getExecution", pass_one, {"fields": "input"}, status=200).json == {"input": {"n": 1}}
        by_name = self.call("listExecutions", query={"stateMachine": "pass", "orderBy": "name asc", "pageSize": 1},
                            status=200)
        assert 'rel="next"' in by_name.headers["Link"]
        self.call("putStateMachine", {"stateMachine": "parent"}, body={"definition": PARENT}, status=201)
        self.call("startExecution", {"stateMachine": "parent"}, body={"name": "p"}, headers={"Prefer": "wait=30"}, status=200)
        children = self.call("listExecutions", query={"parent": "parent:p"}, status=200).json["items"]
        assert [each["id"] for each in children] == ["other:child"], children
        self.call("putStateMachine", {"stateMachine": "slow"}, body={"definition": WAIT}, status=201)
        self.call("startExecution", {"stateMachine": "slow"}, body={"name": "s"}, headers={"Prefer": "wait=30"}, status=200)
        slow = self.call("listExecutions", query={"stateMachine": "slow", "minDuration": "1s"}, status=200).json["items"]
        assert [each["id"] for each in slow] == ["slow:s"], slow
        for query in ({"bucket": "5m"}, {"stateMachine": "pass", "bucket": "1d", "startedAfter": "2026-01-01T00:00:00Z"}):
            histogram = self.call("countExecutionsByStart", query=query, status=200).json
            assert sum(sum(each["counts"].values()) for each in histogram["buckets"]) > 0, histogram
        whole = self.call("exportExecution", pass_one, status=200).json
        assert self.call("exportExecutionByVerb", pass_one, status=200).json == whole
        inspected = self.call("inspectExecution", body=whole, status=200).json
        assert [each["state"] for each in inspected["steps"]] == ["P"], inspected
        redacted = self.call("exportExecution", pass_one, {"redact": "true"}, status=200).json
        assert redacted["execution"]["input"] == {"n": "[redacted]"}, redacted

    def follow_topics(self):
        """What a stream of topics tells of an execution that ends while it is open."""
        connection = http.client.HTTPConnection(self.contract.host, self.contract.port, timeout=30)
        connection.request("GET", "/api/v1/stream?topic=state-machines/slow")
        response = connection.getresponse()
        assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream")
        self.contract.seen.add(("streamTopics", 200))
        self.call("startExecution", {"stateMachine": "slow"}, body={"name": "told"}, status=202)
        changes = []
        while not any(each.get("status") == "SUCCEEDED" for each in changes):
            line = response.readline().decode()
            if line.startswith("data: "):
                changes += json.loads(line.removeprefix("data: "))
        assert {each["id"] for each in changes} == {"slow:told"}, changes
        connection.close()

    def tokens(self):
        assert self.call("getCaller", status=200).json["caller"] == "anonymous"
        made = self.call("createToken", body={"name": "ci", "scope": "run"}, status=201).json
        self.call("createToken", body=TOKEN, status=409)
        self.call("createToken", body={"name": "no blank", "scope": "run"}, status=400)
        self.call("createToken", body={"name": "x", "scope": "run", "expiresAt": "2001-01-01T00:00:00Z"}, status=400)
        caller = self.call("getCaller", headers={"Authorization": "Bearer " + made["token"]}, status=200).json
        assert caller == {"caller": "token:ci", "kind": "token", "name": "ci", "scope": "run"}, caller
        self.call("createToken", body={**TOKEN, "name": "ci-2"}, status=201)
        page = self.call("listTokens", query={"pageSize": 1}, status=200).json
        assert [each["name"] for each in page["items"]] == ["ci"] and "nextPageToken" in page, page
        assert "token" not in self.call("getToken", {"token": "ci-2"}, status=200).json
        for name in ("ci", "ci-2"):
            self.call("deleteToken", {"token": name}, status=204)
        gone = self.call("getCaller", headers={"Authorization": "Bearer " + made["token"]}, status=200).json
        assert gone["caller"] == "anonymous", gone
