"""Jobs, models and endpoints. The images that they name are commands which the test has put into the server's
images.json: a model that answers in capitals, and fails at boom."""
import http.client
import time

ROLE = "arn:aws:iam::123456789012:role/test"
ML_NOT_THERE = {"kind": "training", "job": "none", "model": "none", "endpoint": "none"}
ML_BODIES = {
    "startJob": {"kind": "glue", "JobName": "nobody"},
    "cancelJob": {},
    "createModel": {"ModelName": "capitals", "PrimaryContainer": {"Image": "test/serve:1"}, "ExecutionRoleArn": ROLE},
    "createEndpoint": {"EndpointName": "capitals", "EndpointConfigName": "capitals"},
    "updateEndpoint": {"DesiredWeightsAndCapacities": [{"VariantName": "all", "DesiredWeight": 2}]},
    "invokeEndpoint": {"any": "thing"},
}
SCRIPT = "import time\nprint('begun', flush=True)\ntime.sleep(%d)\n"


class MachineLearning:
    """Of a Run: what `self.call` and `self.contract` are."""

    def machine_learning(self):
        self.jobs()
        self.models()
        self.endpoints()

    def put_object(self, path, text):
        connection = http.client.HTTPConnection(self.contract.host, self.contract.port, timeout=90)
        connection.request("PUT", path, text, {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        connection.close()

    def aws(self, target, body):
        connection = http.client.HTTPConnection(self.contract.host, self.contract.port, timeout=90)
        connection.request("POST", "/", body, {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        connection.close()

    def glue_job(self, name, seconds):
        self.put_object(f"/scripts/{name}.py", SCRIPT % seconds)
        self.aws("AWSGlue.CreateJob", '{"Name": "%s", "Role": "%s", "Command": {"Name": "pythonshell", '
                 '"ScriptLocation": "s3://scripts/%s.py"}}' % (name, ROLE, name))
        made = self.call("startJob", body={"kind": "glue", "JobName": name}, status=201)
        assert self.contract.send("GET", made.headers["Location"].removeprefix("/api/v1")).status == 200
        return {"kind": "glue", "job": made.json["name"]}

    def jobs(self):
        self.put_object("/scripts", "")
        quick = self.glue_job("quick", 0)
        followed = self.call("getJobLog", quick, {"follow": "true"}, status=200)
        assert b" out begun\n" in followed.body, followed.body
        events = self.call("getJobLog", quick, {"follow": "true", "stream": "stdout"}, headers={"Accept": "text/event-stream"},
                           status=200)
        assert events.body.endswith(b'event: end\ndata: {"status":"SUCCEEDED"}\n\n'), events.body
        self.call("getJobLog", quick, {"offset": 5}, status=200)
        self.call("getJobLog", quick, {"since": "2020-01-01T00:00:00Z"}, status=200)
        assert self.call("getJob", quick, status=200).json["status"] == "SUCCEEDED"
        self.call("cancelJob", quick, body={}, status=409)
        slow = self.glue_job("slow", 600)
        assert self.call("cancelJob", slow, body={}, status=202).json["status"] == "STOPPING"
        self.call("getJobLog", slow, {"follow": "true"}, status=200)
        page = self.call("listJobs", query={"kind": "glue", "pageSize": 1}, status=200)
        assert page.json["items"][0]["name"] == slow["job"] and 'rel="next"' in page.headers["Link"]
        found = self.call("listJobs", query={"status": "SUCCEEDED"}, status=200).json["items"]
        assert [each["name"] for each in found] == [quick["job"]], found
        assert self.call("listJobs", query={"execution": "pass:one"}, status=200).json["items"] == []
        for kind in ("processing", "transform", "tuning"):
            self.call("startJob", body={"kind": kind, "Name": "x"}, status=400)

    def models(self):
        self.call("createModel", body=ML_BODIES["createModel"], status=201)
        self.call("createModel", body={**ML_BODIES["createModel"], "ModelName": "spare"}, status=201)
        self.call("getModel", {"model": "spare"}, status=200)
        self.call("listModels", query={"pageSize": 1}, status=200)
        self.call("deleteModel", {"model": "spare"}, status=204)

    def endpoints(self):
        self.aws("SageMaker.CreateEndpointConfig", '{"EndpointConfigName": "capitals", "ProductionVariants": '
                 '[{"VariantName": "all", "ModelName": "capitals", "InitialInstanceCount": 1}]}')
        one = {"endpoint": "capitals"}
        self.call("createEndpoint", body=ML_BODIES["createEndpoint"], status=201)
        while self.call("getEndpoint", one, status=200).json["status"] == "Creating":
            time.sleep(0.1)
        self.unchanged("getEndpoint", one)
        self.call("listEndpoints", query={"status": "InService"}, status=200)
        answer = self.call("invokeEndpoint", one, raw="no json", headers={"Content-Type": "text/plain"}, status=200)
        assert answer.body == b"NO JSON", answer.body
        self.call("invokeEndpoint", one, raw="boom", status=424)
        recent = self.call("listInvocations", one, status=200).json
        assert [item["status"] for item in recent["items"]] == [424, 200], recent
        self.call("updateEndpoint", one, body=ML_BODIES["updateEndpoint"], headers={"If-Match": '"nope"'}, status=412)
        changed = self.call("updateEndpoint", one, body=ML_BODIES["updateEndpoint"], status=200)
        assert changed.json["variants"][0]["weight"] == 2, changed.json
        self.call("deleteEndpoint", one, headers={"If-Match": '"nope"'}, status=412)
        self.call("deleteEndpoint", one, headers={"If-Match": changed.headers["ETag"]}, status=204)
