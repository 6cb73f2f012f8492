#!/usr/bin/python3
"""The digits pipeline, from raw pictures to predictions, driven as a notebook would drive it on AWS.

Uploads the data and the code, makes the Glue job and the state machine, starts an execution, waits for it, and asks the
endpoint about pictures that the model has not seen. Only the endpoint URL says that this is not AWS.

    pipeline.py [--endpoint-url http://127.0.0.1:8083] [--name NAME] [--start-only]
"""
import argparse
import io
import json
import os
import sys
import tarfile
import tempfile
import time

import boto3

import prepare

FOLDER = os.path.dirname(os.path.abspath(__file__))
BUCKET = "pawl-digits"
MACHINE = "digits"
GLUE_JOB = "digits-etl"
ROLE = "arn:aws:iam::123456789012:role/digits"
ACCURACY_MIN = 0.95


class Services:
    def __init__(self, endpoint_url):
        options = {"endpoint_url": endpoint_url, "region_name": os.environ.get("AWS_DEFAULT_REGION", "us-east-1")}
        self.s3 = boto3.client("s3", **options)
        self.glue = boto3.client("glue", **options)
        self.sagemaker = boto3.client("sagemaker", **options)
        self.runtime = boto3.client("sagemaker-runtime", **options)
        self.states = boto3.client("stepfunctions", **options)


def read(*path):
    with open(os.path.join(FOLDER, *path), encoding="utf-8") as file:
        return file.read()


def source_archive():
    """sourcedir.tar.gz, as the SageMaker SDK uploads it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in sorted(os.listdir(os.path.join(FOLDER, "source"))):
            if name.endswith(".py"):
                archive.add(os.path.join(FOLDER, "source", name), arcname=name)
    return packed.getvalue()


def upload(services):
    services.s3.create_bucket(Bucket=BUCKET)
    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "digits.csv")
        pictures = prepare.write_raw(raw)
        services.s3.upload_file(raw, BUCKET, "raw/digits.csv")
    services.s3.put_object(Bucket=BUCKET, Key="source/sourcedir.tar.gz", Body=source_archive())
    services.s3.put_object(Bucket=BUCKET, Key="source/etl.py", Body=read("etl.py").encode("utf-8"))
    print("uploaded %d pictures, the ETL script and the training code to s3://%s" % (pictures, BUCKET), flush=True)


def make_glue_job(services):
    job = {
        "Role": ROLE,
        "Command": {"Name": "pythonshell", "PythonVersion": "3.9",
                    "ScriptLocation": "s3://%s/source/etl.py" % BUCKET},
        "ExecutionProperty": {"MaxConcurrentRuns": 3},
        "MaxCapacity": 0.0625,
    }
    try:
        services.glue.create_job(Name=GLUE_JOB, **job)
    except services.glue.exceptions.AlreadyExistsException:
        services.glue.update_job(JobName=GLUE_JOB, JobUpdate=job)


def make_state_machine(services):
    definition = read("state-machine.json")
    try:
        made = services.states.create_state_machine(name=MACHINE, definition=definition, roleArn=ROLE)
        return made["stateMachineArn"]
    except services.states.exceptions.StateMachineAlreadyExists:
        for page in services.states.get_paginator("list_state_machines").paginate():
            for machine in page["stateMachines"]:
                if machine["name"] == MACHINE:
                    services.states.update_state_machine(stateMachineArn=machine["stateMachineArn"],
                                                         definition=definition)
                    return machine["stateMachineArn"]
        raise


def start(services, name):
    parameters = {
        "GlueJobName": GLUE_JOB,
        "JobName": name,
        "ModelName": name,
        "EndpointConfigName": name,
        "EndpointName": name,
    }
    started = services.states.start_execution(stateMachineArn=make_state_machine(services), name=name,
                                              input=json.dumps(parameters))
    print("started", started["executionArn"], flush=True)
    return started["executionArn"]


def short(text, most=160):
    return text if len(text) <= most else text[:most] + "..."


def wait(services, execution):
    """Until the execution has ended; says which state it is in meanwhile. The status it ended with."""
    shown = 0
    while True:
        described = services.states.describe_execution(executionArn=execution)
        events = services.states.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        for event in events[shown:]:
            if "stateEnteredEventDetails" in event:
                print("  ->", event["stateEnteredEventDetails"]["name"], flush=True)
        shown = len(events)
        if described["status"] != "RUNNING":
            print("execution", described["status"], described.get("cause", ""), flush=True)
            return described["status"]
        time.sleep(1)


def print_steps(services, execution):
    pages = services.states.get_paginator("get_execution_history").paginate(executionArn=execution)
    for event in (event for page in pages for event in page["events"]):
        if "stateEnteredEventDetails" in event:
            details = event["stateEnteredEventDetails"]
            print("%s\n    input:  %s" % (details["name"], short(details["input"])))
        elif "stateExitedEventDetails" in event:
            print("    output: %s" % short(event["stateExitedEventDetails"]["output"]))


def print_training(services, name):
    job = services.sagemaker.describe_training_job(TrainingJobName=name)
    metrics = {metric["MetricName"]: round(metric["Value"], 4) for metric in job.get("FinalMetricDataList", [])}
    print("training job %s: %s, %s, model in %s" % (name, job["TrainingJobStatus"], metrics,
                                                    job["ModelArtifacts"]["S3ModelArtifacts"]))


def held_out(services):
    body = services.s3.get_object(Bucket=BUCKET, Key="norm/test/test.csv")["Body"].read().decode("utf-8")
    rows = [line.split(",", 1) for line in body.splitlines()]
    return [int(label) for label, _ in rows], [pixels for _, pixels in rows]


def ask(services, endpoint, pictures):
    answer = services.runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Accept="application/json",
                                              Body="\n".join(pictures))
    return json.loads(answer["Body"].read())["predictions"]


def print_picture(pixels):
    values = [float(pixel) for pixel in pixels.split(",")]
    for row in range(8):
        print("    " + "".join(2 * " .:*#"[min(4, int(value * 5))] for value in values[8 * row:8 * row + 8]))


def predict(services, endpoint):
    """The share of held-out pictures that the endpoint recognises."""
    waiter = services.sagemaker.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName=endpoint, WaiterConfig={"Delay": 1, "MaxAttempts": 300})
    labels, pictures = held_out(services)
    predictions = ask(services, endpoint, pictures)
    accuracy = sum(p["label"] == label for p, label in zip(predictions, labels)) / len(labels)
    print_picture(pictures[0])
    print("prediction: %d (probability %.3f), truth: %d" %
          (predictions[0]["label"], max(predictions[0]["probabilities"]), labels[0]))
    print("held-out accuracy of the endpoint: %.4f on %d pictures" % (accuracy, len(labels)), flush=True)
    return accuracy


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint-url", default=os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:8083"))
    parser.add_argument("--name", default=time.strftime("digits-%Y%m%d-%H%M%S"),
                        help="of the execution, the training job, the model and the endpoint")
    parser.add_argument("--start-only", action="store_true", help="leave when the execution has started")
    arguments = parser.parse_args()
    services = Services(arguments.endpoint_url)
    upload(services)
    make_glue_job(services)
    execution = start(services, arguments.name)
    if arguments.start_only:
        return 0
    if wait(services, execution) != "SUCCEEDED":
        return 1
    print_steps(services, execution)
    print_training(services, arguments.name)
    return 0 if predict(services, arguments.name) >= ACCURACY_MIN else 1


if __name__ == "__main__":
    sys.exit(main())
