"""Calls one Python function as Lambda does: pawl_function.py FILE HANDLER EVENT RESULT.

Writes the handler's result to RESULT as JSON and exits with 0; when it raises, writes errorMessage, errorType and
stackTrace and exits with 1.
"""
import importlib.util
import json
import os
import sys
import traceback
import uuid


class Context:
    """[aws] The members of Lambda's context object that mean something here."""

    def __init__(self, name):
        self.function_name = name
        self.function_version = "$LATEST"
        self.invoked_function_arn = "arn:aws:lambda:%s:123456789012:function:%s" % (
            os.environ.get("AWS_REGION", "us-east-1"), name)
        self.memory_limit_in_mb = "128"
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = "/aws/lambda/" + name
        self.log_stream_name = self.aws_request_id

    def get_remaining_time_in_millis(self):
        return 900000


def load(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(path))[0], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def write(path, text):
    temporary = path + ".part"
    with open(temporary, "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(temporary, path)


def main(path, handler, event_file, result_file):
    result_file = os.path.abspath(result_file)
    with open(event_file, encoding="utf-8") as source:
        event = json.load(source)
    context = Context(os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "function"))
    try:
        result = json.dumps(getattr(load(path), handler)(event, context))
    except Exception as error:  # whatever it is, it is the function's answer
        trace = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in trace if frame.filename != os.path.abspath(__file__)]
        write(result_file, json.dumps({
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "requestId": context.aws_request_id,
            "stackTrace": traceback.format_list(own),
        }))
        traceback.print_exc()
        return 1
    write(result_file, result)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
