"""Stands in for the training and inference toolkits of SageMaker's script-mode containers.

    pawl_ml_runtime.py train    runs the user's script as the training toolkit does
    pawl_ml_runtime.py serve    serves the user's handlers as the inference toolkit does

Standard library only. SAGEMAKER_BASE_DIR moves /opt/ml.
"""

import collections
import datetime
import hashlib
import hmac
import http.client
import importlib.metadata
import io
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

log = logging.getLogger("pawl")

# Hyperparameters for the toolkit itself; the rest of sagemaker_* is handed on in SM_FRAMEWORK_PARAMS.
KNOWN_PARAMETERS = {
    "sagemaker_program", "sagemaker_submit_directory", "sagemaker_region", "sagemaker_job_name",
    "sagemaker_container_log_level", "sagemaker_s3_output", "sagemaker_estimator_class_name",
    "sagemaker_estimator_module", "_tuning_objective_metric",
}
ERROR_CHARACTERS_MAX = 800  # of the script's last words: the command must still fit the 1024 of FailureReason
STDERR_LINES_KEPT = 200
# The server that holds the objects may be restarting under its running jobs.
DOWNLOAD_PATIENCE_S = 120
DOWNLOAD_AGAIN_S = 0.5


class ToolkitError(Exception):
    """Ends the job with this text in the failure file."""

    exit_code = 1


class ScriptError(ToolkitError):
    """The user's program failed."""

    def __init__(self, return_code, message, command):
        super().__init__('ExecuteUserScriptError:\nExitCode %s\nErrorMessage "%s"\nCommand "%s"'
                         % (return_code, message, " ".join(command)))
        self.exit_code = return_code if return_code > 0 else 128 - return_code


def base_dir():
    return os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")


# --- S3 and code ---


def _signed_request(url, region):
    """A GET signed with Signature Version 4, when there are credentials."""
    request = urllib.request.Request(url)
    key = os.environ.get("AWS_ACCESS_KEY_ID")
    secret = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not key or not secret:
        return request
    parts = urllib.parse.urlsplit(url)
    now = datetime.datetime.utcnow().strftime("%Y%m%dT%H%M%SZ")
    empty = hashlib.sha256(b"").hexdigest()
    headers = {"host": parts.netloc, "x-amz-content-sha256": empty, "x-amz-date": now}
    if os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = os.environ["AWS_SESSION_TOKEN"]
    names = ";".join(sorted(headers))
    canonical = "\n".join(["GET", parts.path, parts.query]
                          + ["%s:%s" % (name, headers[name]) for name in sorted(headers)] + ["", names, empty])
    scope = "/".join([now[:8], region, "s3", "aws4_request"])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signing_key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        signing_key = hmac.new(signing_key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing_key, to_sign.encode(), hashlib.sha256).hexdigest()
    for name, value in headers.items():
        if name != "host":
            request.add_header(name, value)
    request.add_header("Authorization", "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                       % (key, scope, names, signature))
    return request


def download_s3(uri):
    """The bytes of an s3:// object."""
    bucket, _, key = uri[len("s3://"):].partition("/")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    endpoint = (os.environ.get("S3_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT_URL_S3")
                or os.environ.get("AWS_ENDPOINT_URL") or "https://s3.%s.amazonaws.com" % region)
    url = endpoint.rstrip("/") + "/" + bucket + "/" + urllib.parse.quote(key, safe="/~")
    deadline = time.monotonic() + DOWNLOAD_PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(_signed_request(url, region), timeout=300) as reply:
                return reply.read()
        except urllib.error.HTTPError as error:
            problem, is_final = "HTTP %s" % error.code, error.code < 500
        except (OSError, http.client.HTTPException) as error:
            problem, is_final = str(error), False
        if is_final or time.monotonic() > deadline:
            raise ToolkitError("ClientError: cannot download %s: %s" % (uri, problem))
        time.sleep(DOWNLOAD_AGAIN_S)


def _extract(archive, folder):
    root = os.path.realpath(folder)
    for member in archive.getmembers():
        target = os.path.realpath(os.path.join(root, member.name))
        if target != root and not target.startswith(root + os.sep):
            raise ToolkitError("ClientError: %s would leave the code folder" % member.name)
        archive.extract(member, root)


def fetch_code(source, folder):
    """Puts the code at `source` (s3 or local, tar or folder) into `folder`."""
    os.makedirs(folder, exist_ok=True)
    if source.startswith("s3://"):
        with tarfile.open(fileobj=io.BytesIO(download_s3(source)), mode="r:*") as archive:
            _extract(archive, folder)
        return
    path = source[len("file://"):] if source.startswith("file://") else source
    if path.startswith("/opt/ml/"):
        path = os.path.join(base_dir(), path[len("/opt/ml/"):])
    if os.path.isdir(path):
        shutil.copytree(path, folder, dirs_exist_ok=True)
    elif os.path.isfile(path) and tarfile.is_tarfile(path):
        with tarfile.open(path, mode="r:*") as archive:
            _extract(archive, folder)
    else:
        raise ToolkitError("ClientError: there is no code at %s" % source)


# --- requirements.txt ---


def _version(text):
    return tuple(int(number) for number in re.findall(r"\d+", text.split("+")[0]))


def _compare(installed, operator, wanted):
    if operator in ("==", "===", "!="):
        if wanted.endswith(".*"):
            prefix = _version(wanted)
            same = _version(installed)[:len(prefix)] == prefix
        else:
            same = _padded(installed, wanted)[0] == _padded(installed, wanted)[1]
        return same != (operator == "!=")
    left, right = _padded(installed, wanted)
    if operator == "~=":
        prefix = _version(wanted)[:-1]
        return left >= right and _version(installed)[:len(prefix)] == prefix
    return {">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right}[operator]


def _padded(one, other):
    left, right = _version(one), _version(other)
    size = max(len(left), len(right))
    return left + (0,) * (size - len(left)), right + (0,) * (size - len(right))


def is_satisfied(requirement):
    found = re.match(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)$", requirement)
    if not found or "://" in requirement or "@" in found.group(2):
        return False
    try:
        installed = importlib.metadata.version(found.group(1))
    except importlib.metadata.PackageNotFoundError:
        return False
    for clause in filter(None, (part.strip() for part in found.group(2).strip("()").split(","))):
        parts = re.match(r"^(===|==|!=|~=|>=|<=|>|<)\s*([A-Za-z0-9.*+!_-]+)$", clause)
        if not parts or not _compare(installed, parts.group(1), parts.group(2)):
            return False
    return True


def missing_requirements(path):
    missing = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            requirement = re.split(r"(?:^|\s)#", line)[0].split(";")[0].strip()
            if requirement and not (requirement.startswith("-") or is_satisfied(requirement)):
                missing.append(requirement)
    return missing


def install_requirements(code_dir):
    """What requirements.txt asks for and is not there goes into the code's own folder."""
    path = os.path.join(code_dir, "requirements.txt")
    if not os.path.exists(path):
        return
    missing = missing_requirements(path)
    if not missing:
        log.warning("requirements.txt: everything is installed already, pip is not run")
        return
    target = os.path.join(code_dir, ".requirements")
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--retries", "1",
               "--target", target, "-r", path]
    if subprocess.run(command, check=False).returncode != 0:
        raise ToolkitError("InstallRequirementsError: requirements.txt asks for what is not installed and cannot be "
                           "downloaded: " + ", ".join(missing))
    sys.path.insert(0, target)


# --- training ---


def decode_hyperparameters(raw):
    """Framework estimators write JSON into the strings, others plain text: what is no JSON stays as it is."""
    decoded = {}
    for name, value in raw.items():
        try:
            decoded[name] = json.loads(value)
        except (ValueError, TypeError):
            decoded[name] = value
    return decoded


def to_env_value(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def to_arguments(parameters):
    arguments = []
    for name in sorted(parameters):
        value = parameters[name]
        if isinstance(value, dict):
            value = ",".join("%s=%s" % item for item in sorted(value.items()))
        arguments.append(("--" if len(name) > 1 else "-") + name)
        arguments.append("" if value is None else str(value))
    return arguments


def read_json(path, default):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return default


def count_gpus():
    try:
        return len([name for name in os.listdir("/proc/driver/nvidia/gpus")])
    except OSError:
        return 0


class Training:
    """What the training toolkit knows of a job."""

    def __init__(self):
        self.base = base_dir()
        config = self.path("input/config")
        everything = decode_hyperparameters(read_json(config + "/hyperparameters.json", {}))
        self.own = {name: value for name, value in everything.items()
                    if name.startswith("sagemaker_") or name == "_tuning_objective_metric"}
        self.parameters = {name: value for name, value in everything.items() if name not in self.own}
        self.resources = read_json(config + "/resourceconfig.json",
                                   {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "eth0"})
        self.channels = read_json(config + "/inputdataconfig.json", {})
        self.program = os.environ.get("SAGEMAKER_PROGRAM") or self.own.get("sagemaker_program")
        self.source = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or self.own.get("sagemaker_submit_directory")
        self.code_dir = self.path("code")
        if not self.program:
            raise ToolkitError("ClientError: no program: neither the hyperparameter sagemaker_program nor the "
                               "environment variable SAGEMAKER_PROGRAM is set")

    def path(self, name):
        return os.path.join(self.base, name)

    def fields(self):
        """Of SM_TRAINING_ENV; most are SM_ variables too."""
        groups = self.resources.get("instance_groups", [])
        current_group = self.resources.get("current_group_name", "homogeneousCluster")
        group_hosts = [group.get("hosts", []) for group in groups
                       if group.get("instance_group_name") == current_group]
        return {
            "additional_framework_parameters": {name: value for name, value in self.own.items()
                                                if name not in KNOWN_PARAMETERS},
            "channel_input_dirs": {name: self.path("input/data/" + name) for name in self.channels},
            "current_host": self.resources["current_host"],
            "current_instance_group": current_group,
            "current_instance_group_hosts": group_hosts[0] if group_hosts else self.resources["hosts"],
            "current_instance_type": self.resources.get("current_instance_type", "local"),
            "distribution_hosts": [],
            "distribution_instance_groups": [],
            "framework_module": None,
            "hosts": self.resources["hosts"],
            "hyperparameters": self.parameters,
            "input_config_dir": self.path("input/config"),
            "input_data_config": self.channels,
            "input_dir": self.path("input"),
            "instance_groups": [group.get("instance_group_name") for group in groups],
            "instance_groups_dict": {group.get("instance_group_name"): group for group in groups},
            "is_hetero": len(groups) > 1,
            "is_master": self.resources["current_host"] == self.resources["hosts"][0],
            "is_modelparallel_enabled": None,
            "job_name": os.environ.get("TRAINING_JOB_NAME") or self.own.get("sagemaker_job_name"),
            "log_level": int(self.own.get("sagemaker_container_log_level", logging.INFO)),
            "master_hostname": self.resources["hosts"][0],
            "model_dir": self.path("model"),
            "module_dir": self.source or self.code_dir,
            "module_name": re.sub(r"\.py$", "", self.program),
            "network_interface_name": self.resources.get("network_interface_name", "eth0"),
            "num_cpus": len(os.sched_getaffinity(0)),
            "num_gpus": count_gpus(),
            "num_neurons": 0,
            "output_data_dir": self.path("output/data"),
            "output_dir": self.path("output"),
            "output_intermediate_dir": self.path("output/intermediate"),
            "resource_config": self.resources,
            "user_entry_point": self.program,
        }

    def environment(self):
        fields = self.fields()
        variables = {name: fields[name] for name in (
            "hosts", "network_interface_name", "user_entry_point", "resource_config", "input_data_config",
            "output_data_dir", "current_host", "current_instance_type", "current_instance_group",
            "current_instance_group_hosts", "instance_groups", "instance_groups_dict",
            "distribution_instance_groups", "is_hetero", "module_name", "log_level", "framework_module",
            "input_dir", "input_config_dir", "output_dir", "num_cpus", "num_gpus", "num_neurons", "model_dir",
            "module_dir", "output_intermediate_dir")}
        variables["hps"] = self.parameters
        variables["framework_params"] = fields["additional_framework_parameters"]
        variables["channels"] = sorted(self.channels)
        variables["training_env"] = fields
        variables["user_args"] = to_arguments(self.parameters)
        for name, folder in fields["channel_input_dirs"].items():
            variables["channel_" + name] = folder
        for name, value in self.parameters.items():
            variables["hp_" + name] = value
        environment = dict(os.environ)
        environment.update({"SM_" + name.upper(): to_env_value(value) for name, value in variables.items()})
        search = [self.code_dir, os.path.join(self.code_dir, ".requirements"), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, search))
        return environment

    def command(self):
        arguments = to_arguments(self.parameters)
        if self.program.endswith(".sh"):
            return self.shell_command(arguments)
        if os.path.exists(os.path.join(self.code_dir, "setup.py")):
            return [sys.executable, "-m", re.sub(r"\.py$", "", self.program)] + arguments
        if self.program.endswith(".py"):
            return [sys.executable, self.program] + arguments
        return self.shell_command(arguments)

    def shell_command(self, arguments):
        os.chmod(os.path.join(self.code_dir, self.program), 0o755)
        quoted = ["'" + argument.replace("'", "'\\''") + "'" for argument in arguments]
        return ["/bin/sh", "-c", " ".join(["./" + self.program] + quoted)]

    def run(self):
        if not os.path.isdir(self.code_dir) or not os.listdir(self.code_dir):
            if not self.source:
                raise ToolkitError("ClientError: no code: %s is empty and sagemaker_submit_directory is not set"
                                   % self.code_dir)
            fetch_code(self.source, self.code_dir)
        if not os.path.exists(os.path.join(self.code_dir, self.program)):
            raise ToolkitError("ClientError: the code holds no %s" % self.program)
        install_requirements(self.code_dir)
        command = self.command()
        log.info("Invoking user script: %s", " ".join(command))
        run_script(command, self.code_dir, self.environment())


def last_words(lines):
    """What a failed program said last: the end of its traceback, or its last lines."""
    lines = [line.rstrip() for line in lines if line.strip()]
    frames = [index for index, line in enumerate(lines) if re.match(r'\s+File ".*", line \d+', line)]
    if frames and any(line.startswith("Traceback ") for line in lines):
        lines = [line.strip() for line in lines[frames[-1] + 1:] if line.strip(" ^~")]
    else:
        lines = lines[-10:]
    return "\n".join(lines)[-ERROR_CHARACTERS_MAX:]


def run_script(command, folder, environment):
    kept = collections.deque(maxlen=STDERR_LINES_KEPT)
    asked_to_stop = threading.Event()
    # The signal goes to the whole process group: the script takes it, and we wait for the script.
    signal.signal(signal.SIGTERM, lambda *_: asked_to_stop.set())
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE)
    if asked_to_stop.is_set():  # it came just before there was a script to take it
        process.terminate()

    def pass_on():
        for line in process.stderr:
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()
            kept.append(line.decode("utf-8", "replace"))

    reader = threading.Thread(target=pass_on, daemon=True)
    reader.start()
    return_code = process.wait()
    reader.join(timeout=10)
    if return_code != 0:
        raise ScriptError(return_code, last_words(kept), command)


def train():
    output = os.path.join(base_dir(), "output")
    os.makedirs(output, exist_ok=True)
    try:
        Training().run()
    except ToolkitError as error:
        log.error("%s", error)
        with open(os.path.join(output, "failure"), "w", encoding="utf-8", errors="replace") as file:
            file.write(str(error))
        return error.exit_code
    with open(os.path.join(output, "success"), "w", encoding="utf-8"):
        pass
    log.info("Reporting training SUCCESS")
    return 0


def main(arguments):
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if arguments == ["train"]:
        return train()
    if arguments == ["serve"]:
        import pawl_ml_serving
        return pawl_ml_serving.serve()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
