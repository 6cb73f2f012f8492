"""Answers the endpoint's requests: pictures in, class probabilities out (SageMaker's inference handlers)."""
import io
import json
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import joblib  # noqa: E402
import numpy  # noqa: E402

PIXELS = 64


def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))


def input_fn(body, content_type):
    """A picture a row, 64 pixels from 0 to 1 each: CSV lines, or JSON {"instances": [[...], ...]}."""
    if content_type == "text/csv":
        pictures = numpy.loadtxt(io.StringIO(body), delimiter=",", ndmin=2)
    elif content_type == "application/json":
        pictures = numpy.array(json.loads(body)["instances"], dtype=float, ndmin=2)
    else:
        raise ValueError("content type %s is neither text/csv nor application/json" % content_type)
    if pictures.shape[1] != PIXELS:
        raise ValueError("a picture has %d pixels, not %d" % (PIXELS, pictures.shape[1]))
    return pictures


def predict_fn(pictures, model):
    return model.predict_proba(pictures)


def output_fn(probabilities, accept):
    predictions = [{"label": int(row.argmax()), "probabilities": [round(float(value), 6) for value in row]}
                   for row in probabilities]
    return json.dumps({"predictions": predictions}), "application/json"
