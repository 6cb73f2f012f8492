"""Runs of clients, and a training job as a run."""
import time

RUN_NOT_THERE = {"runKind": "client", "run": "none", "metric": "none"}
RUN_BODIES = {
    "createRun": {"name": "try", "experiment": "digits", "params": {"lr": 0.1, "depth": 6, "opt": "adam", "warm": True},
                  "labels": {"team": "ml"}, "goals": {"score": "maximize"}, "startedAt": "2026-01-01T00:00:00Z",
                  "status": "SUCCEEDED", "endedAt": "2026-01-01T01:00:00Z"},
    "patchRun": {"name": None, "labels": {}, "goals": {}, "status": "FAILED", "endedAt": "2026-01-01T02:00:00Z"},
    "logRunMetrics": {"metrics": [{"key": "val/loss", "value": 1.5, "step": 3, "at": "2026-01-01T00:30:00Z"},
                                  {"key": "val/loss", "value": "NaN"}, {"key": "epoch", "value": 1}]},
}


def place(run):
    kind, name = run["id"].split("/")
    return {"runKind": kind, "run": name}


class Runs:
    """Of a Run: what `self.call` and `self.unchanged` are. After the executions and the models."""

    def runs(self):
        execution = self.call("getExecution", {"execution": "pass:one"}, status=200).json
        made = self.call("createRun", body={"name": "now", "executionArn": execution["arn"]}, status=201)
        assert self.contract.send("GET", made.headers["Location"].removeprefix("/api/v1")).json == made.json
        self.call("createRun", body={"executionArn": execution["arn"] + "-none"}, status=400)
        past = place(self.call("createRun", body=RUN_BODIES["createRun"], status=201).json)
        self.unchanged("getRun", past)
        self.measured(past)
        self.training_job()
        self.found(made.json, past)
        other = self.call("getRun", place(made.json), status=200)
        ids = ",".join([made.json["id"], "client/" + past["run"]])
        compared = self.call("compareRuns", query={"ids": ids}, status=200).json
        assert [each["name"] for each in compared["params"] if each["differs"]] == ["depth", "lr", "opt", "warm"], compared
        assert compared["metrics"][-1]["bestRun"] == "client/" + past["run"], compared
        self.changed(past, other)

    def measured(self, run):
        for _ in range(2):
            assert self.call("logRunMetrics", run, body=RUN_BODIES["logRunMetrics"], status=200).json == {"accepted": 3}
        self.unchanged("listRunMetrics", run)
        curve = {**run, "metric": "val%2Floss"}
        self.unchanged("getRunCurve", {**run, "metric": "epoch"})
        whole = self.contract.send("GET", "/runs/client/%(run)s/metrics/%(metric)s" % curve).json
        assert whole["columns"]["value"] == [1.5, 1.5, "NaN", "NaN"] and whole["nonFinite"] == 2, whole
        many = [{"key": "long", "value": number % 97} for number in range(3000)]
        self.call("logRunMetrics", run, body={"metrics": many}, status=200)
        thin = self.call("getRunCurve", {**run, "metric": "long"}, {"maxPoints": 50}, status=200).json
        assert thin["sampling"] == "min-max" and len(thin["columns"]["step"]) <= 50, thin
        assert (thin["columns"]["step"][0], thin["columns"]["step"][-1]) == (0, 2999), thin

    def training_job(self):
        self.put_object("/training", "")
        self.call("startJob", body={
            "kind": "training", "TrainingJobName": "as-a-run", "RoleArn": "arn:aws:iam::123456789012:role/test",
            "AlgorithmSpecification": {"TrainingImage": "test/train:1", "TrainingInputMode": "File", "MetricDefinitions": [
                {"Name": "loss", "Regex": "loss=([0-9.]+)"}]},
            "OutputDataConfig": {"S3OutputPath": "s3://training/out"}, "HyperParameters": {"eta": "0.2"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60}}, status=201)
        job = {"runKind": "training", "run": "as-a-run"}
        while "endedAt" not in self.call("getRun", job, status=200).json:
            time.sleep(0.05)
        run = self.call("getRun", job, status=200).json
        assert (run["status"], run["params"], run["job"]) == ("SUCCEEDED", {"eta": "0.2"}, "training/as-a-run"), run
        assert run["modelArtifact"] == "s3://training/out/as-a-run/output/model.tar.gz", run
        curve = self.call("getRunCurve", {**job, "metric": "loss"}, status=200).json
        assert curve["columns"]["value"] == [3, 1, 2] and curve["best"]["step"] == 1, curve
        self.call("patchRun", job, body={}, status=409)
        self.call("deleteRun", job, status=409)
        self.call("logRunMetrics", job, body=RUN_BODIES["logRunMetrics"], status=409)

    def found(self, now, past):
        page = self.call("listRuns", query={"pageSize": 1, "kind": "client"}, status=200)
        assert [each["id"] for each in page.json["items"]] == [now["id"]] and 'rel="next"' in page.headers["Link"], page.json
        rest = self.call("listRuns", query={"kind": "client", "pageToken": page.json["nextPageToken"]}, status=200).json
        assert rest["items"][-1]["id"] == "client/" + past["run"], rest
        for query in ({"experiment": "digits"}, {"label": "team=ml"}, {"startedBefore": "2026-01-01T00:00:01Z"},
                      {"namePrefix": "tr"}):
            items = self.call("listRuns", query={**query, "metrics": "val/loss,epoch"}, status=200).json["items"]
            assert items[-1]["metrics"].keys() == {"val/loss", "epoch"}, (query, items)
        assert self.call("listRuns", query={"execution": "pass:one"}, status=200).json["items"] == [now]
        both = self.call("listRuns", query={"startedAfter": "2026-01-01T00:00:00Z"}, status=200).json["items"]
        assert {each["kind"] for each in both} == {"client", "training"}, both

    def changed(self, past, other):
        nope = {"If-Match": '"nope"'}
        tag = {"If-Match": other.headers["ETag"]}
        now = place(other.json)
        self.call("patchRun", now, body={"name": "then"}, headers=nope, status=412)
        assert "endedAt" in self.call("patchRun", now, body={"status": "ABORTED"}, headers=tag, status=200).json
        changed = self.call("patchRun", past, body=RUN_BODIES["patchRun"], status=200).json
        assert (changed["status"], changed["durationMs"], changed["labels"]) == ("FAILED", 7_200_000, {}), changed
        self.call("deleteRun", past, headers=nope, status=412)
        for run in (past, now):
            self.call("deleteRun", run, status=204)
        assert [each["kind"] for each in self.call("listRuns", query={"kind": "client"}, status=200).json["items"]] == []
