"""Holds the JSON Schema of definitions against what the server takes: it refuses none of those, and of those that the
server refuses it refuses whatever is wrong with a field."""
import copy
import json
import pathlib

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]

JSONATA_STATE = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 %}", "End": True}
GOOD = [
    {"StartAt": "S", "States": {"S": {"Type": "Wait", "Seconds": 1, "End": False, "Next": "E"}, "E": {"Type": "Succeed"}}},
    # In JSONata, and in JSONPath again within it.
    {"StartAt": "S", "States": {"S": {
        "Type": "Parallel", "QueryLanguage": "JSONata", "Output": "{% $states.result %}", "End": True,
        "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$.x", "Next": "B"}, "B": JSONATA_STATE}}]}}},
]
# What is wrong: where in a definition that is right, and what stands there instead.
PARALLEL = {"StartAt": "S", "States": {"S": {
    "Type": "Parallel", "End": True, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}],
    "Catch": [{"ErrorEquals": ["E"], "Next": "C"}],
    "Branches": [{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}]},
    "C": {"Type": "Choice", "Default": "F", "Choices": [
        {"Next": "M", "And": [{"Variable": "$.n", "NumericEquals": 1}, {"Not": {"Variable": "$.t", "IsPresent": True}}]}]},
    "M": {"Type": "Map", "End": True, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {
        "Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                          "StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}},
    "F": {"Type": "Fail", "Error": "E"}}}
S, C, M = (["States", name] for name in "SCM")
BAD = [
    ([], "StartAt", None), ([], "Extra", 1), ([], "Version", "2.0"), ([], "TimeoutSeconds", "ten"), ([], "QueryLanguage", "SQL"),
    (S, "Type", "Paralell"), (S, "Type", None), (S, "End", "true"), (S, "End", None), (S, "Next", "F"), (S, "Branches", []),
    (S, "Branches", None), (S, "Result", 1), (S, "Output", "{% 1 %}"), (S, "Resource", "arn:x"), (S, "InputPath", 5),
    (S, "Branches/0/QueryLanguage", "JSONPath"), (S, "Branches/0/States/W/Seconds", -1), (S, "Branches/0/States/W/Seconds", "1"),
    (S, "Branches/0/States/W/SecondsPath", "$.s"), (S, "Branches/0/States/W/Seconds", None), (S, "Branches/0/States/W", "W"),
    (S, "Retry/0/ErrorEquals", []), (S, "Retry/0/ErrorEquals", [1]), (S, "Retry/0/ErrorEquals", None),
    (S, "Retry/0/MaxAttempts", -1), (S, "Retry/0/BackoffRate", 0.5), (S, "Retry/0/JitterStrategy", "SOME"),
    (S, "Retry/0/Next", "F"), (S, "Catch/0/Next", None), (S, "Catch/0/Output", "{% 1 %}"), (S, "Catch", {}),
    (C, "Choices", []), (C, "End", True), (C, "Choices/0/Next", None), (C, "Choices/0/Variable", "$.n"), (C, "Choices/0/And", []),
    (C, "Choices/0/And/0/Next", "F"), (C, "Choices/0/And/0/NumericEquals", "1"), (C, "Choices/0/And/0/NumericEquals", None),
    (C, "Choices/0/And/0/StringEquals", "1"), (C, "Choices/0/And/0/NumericIs", 1), (C, "Choices/0/And/1/Not/IsPresent", "yes"),
    (C, "Choices/0/Condition", "{% true %}"),
    (M, "ItemProcessor", None), (M, "ItemProcessor/ProcessorConfig/Mode", "SPREAD"), (M, "ItemProcessor/ProcessorConfig/Mode", "INLINE"),
    (M, "ItemProcessor/ProcessorConfig/ExecutionType", None), (M, "ItemReader/ReaderConfig/ItemsPointer", "/a"),
    (M, "ItemReader/ReaderConfig/InputType", "JSON"), (M, "MaxConcurrency", -1), (M, "ToleratedFailurePercentage", 101),
    (M, "Items", [1]), (M, "Iterator", {"StartAt": "Q", "States": {"Q": {"Type": "Succeed"}}}),
]


def changed(definition, place, pointer, value):
    whole = copy.deepcopy(definition)
    node = whole
    *path, last = place + pointer.split("/")
    for name in path:
        node = node[int(name) if isinstance(node, list) else name]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return whole


def case_definition(case):
    """Of tests/asl/rules: README.md there."""
    if "definition" in case:
        return case["definition"]
    states = case["states"] if "states" in case else {"S": case["state"]}
    return {"StartAt": next(iter(states), "S"), "States": states}


def definitions():
    """All of the tree, good and bad, with their type."""
    for file in sorted((ROOT / "tests/asl/rules").glob("*.json")):
        cases = json.loads(file.read_text())
        for case in cases if isinstance(cases, list) else cases["cases"]:
            if any(name in case for name in ("definition", "state", "states")):
                yield case_definition(case), case.get("type", "STANDARD")
    for file in sorted((ROOT / "tests/conformance").rglob("*.json")):
        case = json.loads(file.read_text())
        if "definition" in case:
            yield case["definition"], case.get("type", "STANDARD")
    for file in sorted((ROOT / "examples").rglob("*.json")):
        definition = json.loads(file.read_text())
        if isinstance(definition, dict) and "States" in definition:
            yield definition, "STANDARD"


def check(schema, is_taken):
    """`is_taken(definition, type)` asks the server. Gives how many definitions were good and how many bad."""
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for definition in GOOD + [PARALLEL]:
        assert is_taken(definition, "STANDARD"), definition
    for place, pointer, value in BAD:
        definition = changed(PARALLEL, place, pointer, value)
        assert not is_taken(definition, "STANDARD"), (place, pointer, value)
        assert not validator.is_valid(definition), ("the schema takes", place, pointer, value)
    good = bad = 0
    for definition, kind in [(each, "STANDARD") for each in GOOD + [PARALLEL]] + list(definitions()):
        if not isinstance(definition, dict) or not is_taken(definition, kind):
            bad += not validator.is_valid(definition)
            continue
        good += 1
        for error in validator.iter_errors(definition):
            raise AssertionError(f"the schema refuses {json.dumps(definition)}: {error.json_path}: {error.message}")
    assert good > 120 and bad > 60, (good, bad)  # as many as the tree holds, or nearly
    return good, bad
