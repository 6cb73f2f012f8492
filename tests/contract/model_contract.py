"""Registered models: their versions, and the aliases that name these."""

MODEL_NOT_THERE = {"modelVersion": "none"}
MODEL_BODIES = {
    "registerModelVersion": {"image": "test/serve:1", "modelDataUrl": "s3://models/m.tar.gz", "environment": {"A": "b"},
                             "description": "d", "metrics": {"accuracy": 0.97, "steps": 100}, "approval": "Approved",
                             "metadata": {"commit": "abc"}},
    "patchModelVersion": {"approval": "Rejected", "approvalDescription": "d", "metadata": {"commit": None, "why": "x"}},
    "putModelAlias": {"version": 1, "description": "d"},
}


class RegisteredModels:
    """Of a Run: what `self.call` and `self.unchanged` are."""

    def registered_models(self):
        words = {"model": "words"}
        first = {**words, "modelVersion": "1"}
        made = self.call("registerModelVersion", words, body=MODEL_BODIES["registerModelVersion"], status=201)
        assert self.contract.send("GET", made.headers["Location"].removeprefix("/api/v1")).json == made.json
        assert made.json["version"] == 1 and made.json["metrics"] == {"accuracy": 0.97, "steps": 100}, made.json
        self.call("registerModelVersion", words, body={"model": "capitals"}, status=201)
        self.call("registerModelVersion", words, body={"from": "none"}, status=400)
        self.unchanged("getModelVersion", first)
        page = self.call("listModelVersions", words, {"pageSize": 1}, status=200)
        assert [each["version"] for each in page.json["items"]] == [2] and 'rel="next"' in page.headers["Link"], page
        self.model_aliases(words)
        self.served(words)
        self.model_changes(words, first)

    def model_aliases(self, words):
        champion = {**words, "alias": "champion"}
        body = MODEL_BODIES["putModelAlias"]
        made = self.call("putModelAlias", champion, body=body, headers={"If-None-Match": "*"}, status=201)
        assert self.contract.send("GET", made.headers["Location"].removeprefix("/api/v1")).json == made.json
        self.unchanged("getModelAlias", champion)
        self.call("putModelAlias", champion, body={"version": 2}, headers={"If-Match": '"nope"'}, status=412)
        self.call("putModelAlias", champion, body={"version": 7}, status=400)
        self.call("putModelAlias", {**words, "alias": "12"}, body=body, status=400)
        self.call("putModelAlias", champion, body=body, headers={"If-Match": made.headers["ETag"]}, status=200)
        self.call("putModelAlias", {**words, "alias": "spare"}, body={"version": 2}, status=201)
        assert len(self.call("listModelAliases", words, {"pageSize": 1}, status=200).json["items"]) == 1
        spare = {**words, "alias": "spare"}
        self.call("deleteModelAlias", spare, headers={"If-Match": '"nope"'}, status=412)
        self.call("deleteModelAlias", spare, status=204)
        named = self.call("getModelVersion", {**words, "modelVersion": "champion"}, status=200).json
        assert (named["version"], named["aliases"]) == (1, ["champion"]), named

    def served(self, words):
        made = self.call("createModel", body={"ModelName": "words", "version": "champion"}, status=201).json
        assert made["modelPackages"] == ["arn:aws:sagemaker:us-east-1:123456789012:model-package/words/1"], made
        self.call("createModel", body={"ModelName": "more", "registeredModel": "words", "version": 2}, status=400)
        kinds = {each["kind"] for each in self.call("listModels", status=200).json["items"]}
        assert kinds == {"model", "registered"}, kinds
        assert self.call("getModel", words, status=200).json["kind"] == "model"
        assert self.call("getModel", words, {"kind": "registered"}, status=200).json["latestVersion"] == 2
        self.call("deleteModel", words, {"kind": "registered"}, status=409)

    def model_changes(self, words, first):
        body = MODEL_BODIES["patchModelVersion"]
        tag = self.call("getModelVersion", first, status=200).headers["ETag"]
        self.call("patchModelVersion", first, body=body, headers={"If-Match": '"nope"'}, status=412)
        changed = self.call("patchModelVersion", first, body=body, headers={"If-Match": tag}, status=200).json
        assert (changed["approval"], changed["metadata"]) == ("Rejected", {"why": "x"}), changed
        self.call("deleteModelVersion", first, status=409)
        self.call("deleteModelAlias", {**words, "alias": "champion"}, status=204)
        self.call("deleteModelVersion", first, headers={"If-Match": '"nope"'}, status=412)
        for number in ("1", "2"):
            self.call("deleteModelVersion", {**words, "modelVersion": number}, status=204)
        again = self.call("registerModelVersion", words, body={"image": "test/serve:1"}, status=201).json
        assert again["version"] == 3, again
        self.call("deleteModelVersion", {**words, "modelVersion": "3"}, status=204)
        self.call("deleteModel", words, {"kind": "registered"}, status=204)
