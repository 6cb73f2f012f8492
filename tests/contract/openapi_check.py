"""Holds answers of a server against its OpenAPI 3.1 document: the status, the media type, the headers and the body of
each. What the document does not know counts as a fault: a status, a field, a header."""
import gzip
import http.client
import json
import re
import urllib.parse

import jsonschema

# Sent when there is a reason: not every answer has them.
RATE_HEADERS = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
OCCASIONAL_HEADERS = {"Idempotency-Replayed", "Link", "Location"} | RATE_HEADERS
# Of HTTP, or of the transport.
PLAIN_HEADERS = {"content-type", "content-length", "content-encoding", "content-disposition", "date", "connection",
                 "vary", "cache-control", "transfer-encoding", "server", "accept-ranges", "keep-alive"}


class ContractError(Exception):
    pass


def strict(schema):
    """Objects with properties take no others."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: value if name == "enum" else strict(value) for name, value in schema.items()}
    if "properties" in made and isinstance(made["properties"], dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Contract:
    def __init__(self, url, document=None, is_rate_limited=False):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.is_rate_limited = is_rate_limited
        self.document = document or json.loads(self.send("GET", "/openapi.json").body)
        self.schemas = strict(self.document["components"]["schemas"])
        self.operations = {}
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                self.operations[operation["operationId"]] = (method.upper(), path, operation)
        self.seen = set()  # (operationId, status)

    def send(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=90)
        headers = dict(headers or {})
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        connection.request(method, "/api/v1" + target, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def target_of(self, operation_id, path=None, query=None):
        template = self.operations[operation_id][1]
        target = re.sub(r"\{(\w+)\}", lambda name: urllib.parse.quote(str(path[name[1]]), safe=":"), template)
        return target + ("?" + urllib.parse.urlencode(query) if query else "")

    def call(self, operation_id, path=None, query=None, body=None, headers=None, raw=None, status=None, without=()):
        """Sends the request, and checks the answer. `raw` is sent as it is; the answer may be `without` these headers."""
        method = self.operations[operation_id][0]
        text = raw if raw is not None else None if body is None else json.dumps(body)
        answer = self.send(method, self.target_of(operation_id, path, query), text, headers)
        self.check(operation_id, answer, without)
        if status is not None and answer.status != status:
            raise ContractError(f"{operation_id}: {answer.status} instead of {status}: {answer.body!r}")
        return answer

    def resolved(self, node):
        while "$ref" in node:
            kind, name = node["$ref"].split("/")[-2:]
            node = self.document["components"][kind][name]
        return node

    def check(self, operation_id, answer, without=()):
        responses = self.operations[operation_id][2]["responses"]
        described = responses.get(str(answer.status))
        if described is None:
            raise ContractError(f"{operation_id}: status {answer.status} is not described: {answer.body!r}")
        self.seen.add((operation_id, answer.status))
        self.check_headers(operation_id, described, answer, self.occasional_headers(answer.status).union(without))
        content = described.get("content")
        if self.operations[operation_id][0] == "HEAD":
            content = None  # of an answer that has only the head of another's
        if content is None:
            if answer.body:
                raise ContractError(f"{operation_id} {answer.status}: a body where none is described: {answer.body!r}")
            return
        if "*/*" in content:
            return
        media = answer.headers.get("Content-Type", "")
        if media not in content:
            raise ContractError(f"{operation_id} {answer.status}: {media} instead of {list(content)}")
        body = answer.body
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if media.startswith("text/"):
            return
        self.validate(json.loads(body), content[media]["schema"], f"{operation_id} {answer.status}")

    def occasional_headers(self, status):
        occasional = set(OCCASIONAL_HEADERS)
        if self.is_rate_limited:
            occasional -= RATE_HEADERS
        if status == 403:
            occasional.add("WWW-Authenticate")  # a page of another site is not asked for credentials
        return occasional

    def check_headers(self, operation_id, described, answer, occasional):
        known = described.get("headers", {})
        for name in known:
            if name not in answer.headers and name not in occasional:
                raise ContractError(f"{operation_id} {answer.status}: the header {name} is missing")
        names = {name.lower() for name in known}
        for name in answer.headers:
            if name.lower() not in names and name.lower() not in PLAIN_HEADERS:
                raise ContractError(f"{operation_id} {answer.status}: the header {name} is not described")

    def validate(self, value, schema, where):
        whole = {"components": {"schemas": self.schemas}, **strict(schema)}
        validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
        for error in validator.iter_errors(value):
            raise ContractError(f"{where}: {error.json_path}: {error.message}")

    # The document itself.

    def check_document(self):
        """The structure that OpenAPI 3.1 wants, and JSON Schema 2020-12 of each schema."""
        document = self.document
        assert re.fullmatch(r"3\.1\.\d+", document["openapi"]), document["openapi"]
        assert {"title", "version"} <= set(document["info"])
        for name, schema in document["components"]["schemas"].items():
            jsonschema.Draft202012Validator.check_schema(schema)
        for operation_id, (method, path, operation) in self.operations.items():
            where = f"{method} {path}"
            parameters = [self.resolved(each) for each in operation["parameters"]]
            in_path = [each["name"] for each in parameters if each["in"] == "path"]
            assert in_path == re.findall(r"\{(\w+)\}", path), where
            assert len({(each["in"], each["name"]) for each in parameters}) == len(parameters), where
            for each in parameters:
                assert each["in"] in ("path", "query", "header"), where
                assert each["in"] != "path" or each["required"], where
                jsonschema.Draft202012Validator.check_schema(each["schema"])
            for status, response in operation["responses"].items():
                assert re.fullmatch(r"[1-5]\d\d", status), where
                assert response["description"], where
            assert {"400", "401", "403", "429", "503"} <= set(operation["responses"]), where
            assert method != "GET" or "requestBody" not in operation, where
        self.check_against_meta_schema()

    def check_against_meta_schema(self):
        """Where the validator of OpenAPI documents is installed; Debian has no package of it."""
        try:
            import openapi_spec_validator
        except ImportError:
            return
        openapi_spec_validator.validate(self.document)
