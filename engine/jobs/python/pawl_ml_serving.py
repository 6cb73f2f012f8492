"""Serves a model by the user's handlers, as SageMaker's inference toolkit does. Standard library only."""

import csv
import http.server
import importlib.util
import inspect
import io
import json
import logging
import os
import signal
import socket
import sys
import threading
import traceback

import pawl_ml_runtime as runtime

log = logging.getLogger("pawl")

CSV, JSON, NPY, NPZ = "text/csv", "application/json", "application/x-npy", "application/x-npz"


class RequestError(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def _numpy():
    try:
        import numpy
        return numpy
    except ImportError:
        return None


# --- default decoders and encoders: arrays where numpy is, lists where it is not ---


def decode(data, content_type):
    numpy = _numpy()
    if content_type == JSON:
        value = json.loads(data)
        return numpy.array(value) if numpy else value
    if content_type == CSV:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        if numpy:
            try:  # columns of whole numbers and others are one array of floats all the same
                return numpy.loadtxt(io.StringIO(text), delimiter=",")
            except ValueError:
                return numpy.genfromtxt(io.StringIO(text), dtype=None, delimiter=",", encoding="utf-8")
        rows = [[_number(cell) for cell in row] for row in csv.reader(io.StringIO(text)) if row]
        return rows[0] if len(rows) == 1 else rows
    if content_type in (NPY, NPZ) and numpy:
        return numpy.load(io.BytesIO(data), allow_pickle=False)
    raise RequestError(415, "Content type %s is not supported." % content_type)


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text


def _plain(value):
    """What json writes for values of numpy."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError("%s cannot be written as JSON" % type(value).__name__)


def encode(value, accept):
    numpy = _numpy()
    if accept == JSON:
        return json.dumps(value, default=_plain)
    if accept == CSV:
        value = value.tolist() if hasattr(value, "tolist") else value
        rows = value if isinstance(value, (list, tuple)) else [value]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(
            row if isinstance(row, (list, tuple)) else [row] for row in rows)
        return out.getvalue()
    if accept == NPY and numpy:
        out = io.BytesIO()
        numpy.save(out, numpy.asarray(value), allow_pickle=False)
        return out.getvalue()
    raise RequestError(406, "Accept type %s is not supported." % accept)


def default_predict(data, model):
    if hasattr(model, "predict"):
        return model.predict(data)
    if callable(model):
        return model(data)
    raise NotImplementedError("there is no predict_fn, and the model has no predict method")


# --- the user's module ---


class Context:
    """The optional last argument of handlers."""

    def __init__(self, model_dir):
        self.model_dir = model_dir
        self.system_properties = {"model_dir": model_dir, "gpu_id": None}
        self.request_content_type = None
        self.accept_header = None
        self.custom_attributes = None
        self.content_length = 0
        self.method = "predict"


def _call(function, arguments, context):
    """With the context when the function takes one more argument than it must."""
    positional = [parameter for parameter in inspect.signature(function).parameters.values()
                  if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)]
    if len(positional) > len(arguments):
        return function(*arguments, context)
    return function(*arguments)


def load_module(model_dir):
    """The handlers' module; where it is looked for when it is not there."""
    program = os.environ.get("SAGEMAKER_PROGRAM") or "inference.py"
    source = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or ""
    folders = []
    if source.startswith("s3://") or os.path.isfile(source):
        folders.append(os.path.join(runtime.base_dir(), "code"))
        if not os.path.exists(os.path.join(folders[0], program)):
            runtime.fetch_code(source, folders[0])
    elif source:
        folders.append(source[len("file://"):] if source.startswith("file://") else source)
    folders += [os.path.join(model_dir, "code"), os.path.join(runtime.base_dir(), "code"), model_dir]
    for folder in folders:
        path = os.path.join(folder, program)
        if not os.path.isfile(path):
            continue
        runtime.install_requirements(folder)
        sys.path.insert(0, folder)
        name = os.path.splitext(os.path.basename(program))[0]
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
    raise runtime.ToolkitError("ClientError: no %s in any of %s: the model cannot be served without it"
                               % (program, ", ".join(folders)))


class Transformer:
    """Request body in, response body out."""

    def __init__(self, module, model_dir):
        self.module = module
        self.context = Context(model_dir)
        self.transform_fn = getattr(module, "transform_fn", None)
        self.handler = getattr(module, "handler", None)
        steps = [name for name in ("input_fn", "predict_fn", "output_fn") if hasattr(module, name)]
        if self.transform_fn and steps:
            raise runtime.ToolkitError("ClientError: the module has both transform_fn and " + ", ".join(steps))
        if hasattr(module, "input_handler") or hasattr(module, "output_handler"):
            raise runtime.ToolkitError("ClientError: input_handler and output_handler need TensorFlow Serving, which "
                                       "is not part of pawl: write handler, or model_fn and predict_fn")
        self.model = None
        if hasattr(module, "model_fn"):
            self.model = _call(module.model_fn, [model_dir], self.context)
        elif not self.handler:
            raise runtime.ToolkitError("ClientError: the module has no model_fn")
        # Handlers are written for a worker that does one thing at a time.
        self.turn = threading.BoundedSemaphore(int(os.environ.get("SAGEMAKER_MODEL_SERVER_WORKERS") or 1))

    def transform(self, data, content_type, accept, custom_attributes):
        with self.turn:
            self.context.request_content_type = content_type
            self.context.accept_header = accept
            self.context.custom_attributes = custom_attributes
            self.context.content_length = len(data)
            if self.handler:
                return self.handler(io.BytesIO(data), self.context)
            if self.transform_fn:
                return _call(self.transform_fn, [self.model, _text(data, content_type), content_type, accept],
                             self.context)
            module = self.module
            value = (_call(module.input_fn, [_text(data, content_type), content_type], self.context)
                     if hasattr(module, "input_fn") else decode(data, content_type))
            prediction = (_call(module.predict_fn, [value, self.model], self.context)
                          if hasattr(module, "predict_fn") else default_predict(value, self.model))
            if hasattr(module, "output_fn"):
                return _call(module.output_fn, [prediction, accept], self.context)
            return encode(prediction, accept)


def _text(data, content_type):
    """Text types are handed to the user's functions as text."""
    return data.decode("utf-8") if content_type in (JSON, CSV) else data


# --- HTTP ---


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet for head and body
    server_version = "pawl"

    def do_GET(self):
        if self.path.split("?")[0] == "/ping":
            self.answer(200, b"", JSON)
        else:
            self.answer(404, b"", JSON)

    def do_POST(self):
        body = self.read_body()
        if self.path.split("?")[0] != "/invocations":
            return self.answer(404, b"", JSON)
        default = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or JSON
        accept = self.headers.get("Accept") or default
        accept = default if accept.strip() == "*/*" else accept
        content_type = (self.headers.get("Content-Type") or JSON).split(";")[0].strip()
        try:
            result = self.server.transform(body, content_type, accept,
                                           self.headers.get("X-Amzn-SageMaker-Custom-Attributes"))
            status = 200
            if isinstance(result, tuple):
                result, accept = result[0], result[1]
        except RequestError as error:
            status, result, accept = error.status, str(error), "text/plain"
        except Exception as error:  # the user's own code may raise anything
            trace = traceback.format_exc()
            sys.stderr.write(trace)
            sys.stderr.flush()
            status, result, accept = 500, "%s\n%s" % (error, trace), "text/plain"
        self.answer(status, result if isinstance(result, (bytes, bytearray)) else str(result).encode("utf-8"), accept)

    def read_body(self):
        if "chunked" not in (self.headers.get("Transfer-Encoding") or "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            if size == 0:
                while self.rfile.readline() not in (b"\r\n", b"\n", b""):
                    pass
                return b"".join(parts)
            parts.append(self.rfile.read(size))
            self.rfile.readline()

    def answer(self, status, body, content_type):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, form, *arguments):
        if not self.path.startswith("/ping"):
            log.info("%s", form % arguments)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, transform):
        self.transform = transform
        host = os.environ.get("PAWL_BIND_HOST", "127.0.0.1")
        super().__init__((host, int(os.environ.get("SAGEMAKER_BIND_TO_PORT") or 8080)), Handler)

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().server_bind()


def run_server(transform):
    server = Server(transform)

    def stop(*_):
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    log.info("serving on %s:%s", *server.server_address[:2])
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    return 0


def serve():
    model_dir = os.path.join(runtime.base_dir(), "model")
    try:
        transformer = Transformer(load_module(model_dir), model_dir)
    except runtime.ToolkitError as error:
        log.error("%s", error)
        return 1
    return run_server(transformer.transform)
