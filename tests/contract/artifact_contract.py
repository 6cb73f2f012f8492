"""Artifacts: bytes by their digest, and the lineage of what a training job reads and makes."""
import hashlib
import json
import time

ARTIFACT_NOT_THERE = {"digest": "sha256:" + "0" * 64}
ROLE = "arn:aws:iam::123456789012:role/test"
TRAINING = {
    "TrainingJobName": "traced", "RoleArn": ROLE, "OutputDataConfig": {"S3OutputPath": "s3://traced/out"},
    "AlgorithmSpecification": {"TrainingImage": "test/copy:1", "TrainingInputMode": "File"},
    "InputDataConfig": [{"ChannelName": "train", "DataSource": {
        "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://traced/in"}}}],
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60}}


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Artifacts:
    """Of a Run: what `self.call`, `self.contract` and `self.put_object` are."""

    def artifacts(self):
        self.kept_bytes()
        self.lineage()

    def kept_bytes(self):
        data = bytes(range(256)) * 2000  # goes to a file on its way in
        here = {"digest": digest_of(data)}
        csv = {"Content-Type": "text/csv"}
        made = self.call("putArtifact", here, raw=data, headers=csv, status=201)
        assert made.headers["Location"] == "/api/v1/artifacts/" + here["digest"], made.headers
        assert self.call("putArtifact", here, raw=data, headers=csv, status=200).json == made.json
        assert (made.json["size"], made.json["mediaType"], made.json["kept"]) == (512000, "text/csv", True), made.json
        self.call("putArtifact", here, raw=data[1:], status=422)
        self.call("putArtifact", {"digest": "sha256:../../pawl.db"}, raw=data, status=400)
        whole = self.call("getArtifact", here, status=200)
        assert whole.body == data and whole.headers["Content-Type"] == "text/csv", whole.headers
        head = self.call("headArtifact", here, status=200)
        assert head.headers["Content-Length"] == "512000" and head.headers["ETag"] == whole.headers["ETag"], head.headers
        for operation_id in ("getArtifact", "headArtifact"):
            part = self.call(operation_id, here, headers={"Range": "bytes=10-19"}, status=206)
            assert part.headers["Content-Range"] == "bytes 10-19/512000", part.headers
            assert operation_id == "headArtifact" or part.body == data[10:20], part.body
            self.call(operation_id, here, headers={"Range": "bytes=512000-"}, status=416)
            self.call(operation_id, here, headers={"If-None-Match": whole.headers["ETag"]}, status=304)
        self.call("deleteArtifact", here, status=204)
        self.call("getArtifact", here, status=404)

    def lineage(self):
        self.put_object("/traced", "")
        self.put_object("/traced/in/a.csv", "1,2\n")
        self.aws("SageMaker.CreateTrainingJob", json.dumps(TRAINING))
        while self.call("getJob", {"kind": "training", "job": "traced"}, status=200).json["status"] == "InProgress":
            time.sleep(0.02)
        job = {"pageSize": 1}
        [data] = self.call("listArtifacts", query={**job, "consumer": "training/traced"}, status=200).json["items"]
        assert (data["digest"], data["uri"]) == (digest_of(b"1,2\n"), "s3://traced/in/a.csv"), data
        [model] = self.call("listArtifacts", query={**job, "producer": "training/traced"}, status=200).json["items"]
        assert model["uri"] == "s3://traced/out/traced/output/model.tar.gz" and not model["kept"], model
        page = self.call("listArtifacts", query={**job, "uriPrefix": "s3://traced/"}, status=200)
        assert 'rel="next"' in page.headers["Link"], page.headers
        self.call("createModel", body={"ModelName": "traced", "ExecutionRoleArn": ROLE, "PrimaryContainer": {
            "Image": "test/serve:1", "ModelDataUrl": model["uri"]}}, status=201)
        self.whole_lineage(data, model)
        self.put_object("/traced/in/a.csv", "3,4\n")
        here = {"digest": data["digest"]}
        gone = self.call("getArtifact", here, status=410).json
        assert gone["type"] == "/docs/problems/artifact-gone" and "s3://traced/in/a.csv" in gone["detail"], gone
        self.call("headArtifact", here, status=410)
        self.call("deleteArtifact", here, status=409)

    def whole_lineage(self, data, model):
        here = {"digest": model["digest"]}
        names = {"artifact/" + data["digest"]: -2, "job/training/traced": -1, "artifact/" + model["digest"]: 0}
        shown = {"nodes": []}
        while len(shown["nodes"]) < 4:  # the model's data is looked at behind its creation
            time.sleep(0.02)
            shown = self.call("getLineage", here, {"depth": 2, "direction": "both"}, status=200).json
        found = {each["id"].split("@")[0]: each["distance"] for each in shown["nodes"]}
        assert found == {**names, "model/traced": 1}, shown
        relations = sorted((each["relation"], each["role"]) for each in shown["edges"])
        assert relations == [("CONSUMED_BY", "train"), ("MADE_INTO", "model"), ("PRODUCED", "model")], shown
        for query in ({"depth": 0}, {"depth": 21}, {"direction": "sideways"}):
            self.call("getLineage", here, query, status=400)
