"""Asks a server for everything that its OpenAPI document describes, each success and each failure, and holds the
answers against it.

rest_contract.py URL URL-WITH-VIRTUAL-TIME URL-THAT-WANTS-CREDENTIALS TOKEN-TO-READ URL-WITH-A-RATE-OF-ONE"""
import copy
import json
import sys
import threading
import time
import uuid

from artifact_contract import ARTIFACT_NOT_THERE, Artifacts
from openapi_check import Contract, ContractError
from execution_contract import EXECUTION_BODIES, Executions
from finding_contract import TOKEN, Finding
from machine_contract import MACHINE_BODIES, Machines
from ml_contract import ML_BODIES, ML_NOT_THERE, MachineLearning
from model_contract import MODEL_BODIES, MODEL_NOT_THERE, RegisteredModels
from run_contract import RUN_BODIES, RUN_NOT_THERE, Runs
from schedule_contract import SCHEDULE_BODIES, Schedules

# Not to be had on demand: a broken disk, a fault.
BEYOND_REACH = {500, 503}

# A body that satisfies the schema of each operation that takes one.
BODIES = {
    **EXECUTION_BODIES,
    **MACHINE_BODIES,
    "advanceClock": {"seconds": 1},
    "createToken": TOKEN,
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


class Run(Artifacts, Executions, Finding, MachineLearning, Machines, RegisteredModels, Runs, Schedules):
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

    def unchanged(self, operation_id, path):
        etag = self.call(operation_id, path, status=200).headers["ETag"]
        self.call(operation_id, path, headers={"If-None-Match": etag}, status=304)
        self.call(operation_id, path, headers={"If-None-Match": '"other", ' + etag}, status=304)
        self.call(operation_id, path, headers={"If-None-Match": '"other"'}, status=200)

    def ambiguous_names(self):
        for operation_id, (_, path, operation) in self.contract.operations.items():
            names_one = path.startswith("/executions/{execution}") or queries_of(operation_id, "one")
            if not names_one or "409" not in operation["responses"]:
                continue
            query = queries_of(operation_id, "one")
            self.call(operation_id, self.paths_of(operation_id, {**NOT_THERE, "execution": "one"}), query,
                      BODIES.get(operation_id), status=409)

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
