"""The XGBoost algorithm of SageMaker without a user's script, on the XGBoost library.

    pawl_xgboost.py train    channels train and validation -> /opt/ml/model/xgboost-model
    pawl_xgboost.py serve    text/csv and text/libsvm in; text/csv, application/json and jsonlines out
"""

import io
import json
import logging
import os
import sys
import tempfile

import pawl_ml_runtime as runtime

log = logging.getLogger("pawl")

MODEL_FILE = "xgboost-model"
CSV, LIBSVM, LIBSVM_X = "text/csv", "text/libsvm", "text/x-libsvm"
JSON, JSON_LINES = "application/json", "application/jsonlines"
PAYLOAD_BYTES_MAX = 6 * 1024 * 1024

FLOATS = {
    "eta", "gamma", "min_child_weight", "max_delta_step", "subsample", "colsample_bytree", "colsample_bylevel",
    "colsample_bynode", "lambda", "alpha", "scale_pos_weight", "base_score", "lambda_bias", "sketch_eps",
    "rate_drop", "skip_drop", "tweedie_variance_power", "huber_slope", "aft_loss_distribution_scale",
}
INTEGERS = {
    "num_round", "early_stopping_rounds", "max_depth", "max_leaves", "max_bin", "num_class", "seed",
    "num_parallel_tree", "nthread", "verbosity", "csv_weights", "refresh_leaf", "one_drop", "top_k",
}
WORDS = {
    "booster": {"gbtree", "gblinear", "dart"},
    "tree_method": {"auto", "exact", "approx", "hist", "gpu_hist"},
    "grow_policy": {"depthwise", "lossguide"},
    "objective": None,
    "eval_metric": None,
    "updater": None,
    "process_type": {"default", "update"},
    "normalize_type": {"tree", "forest"},
    "sample_type": {"uniform", "weighted"},
    "predictor": {"auto", "cpu_predictor", "gpu_predictor"},
    "dsplit": {"row", "col"},
    "monotone_constraints": None,
    "interaction_constraints": None,
    "deterministic_histogram": {"true", "false"},
    "single_precision_histogram": {"true", "false"},
    "sampling_method": {"uniform", "gradient_based"},
    "aft_loss_distribution": {"normal", "logistic", "extreme"},
    "feature_selector": {"cyclic", "shuffle", "random", "greedy", "thrifty"},
    "save_model_on_termination": {"true", "false"},
    "_tuning_objective_metric": None,
}
OURS = {"num_round", "early_stopping_rounds", "csv_weights", "eval_metric", "save_model_on_termination",
        "_tuning_objective_metric", "dsplit"}
ADDED_METRICS = {"accuracy", "mse", "r2", "f1", "precision", "recall", "balanced_accuracy"}


class UserError(runtime.ToolkitError):
    def __init__(self, message):
        super().__init__("Customer Error: " + message)


# --- hyperparameters ---


def read_hyperparameters(raw):
    values = {}
    for name, text in raw.items():
        if name.startswith("sagemaker_"):
            continue
        values[name] = convert(name, str(text).strip().strip('"'))
    if "num_round" not in values:
        raise UserError("Missing required hyperparameter: num_round")
    objective = values.get("objective", "reg:squarederror")
    if objective.startswith("multi:") and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    return values


def convert(name, text):
    try:
        if name in INTEGERS:
            return int(text)
        if name in FLOATS:
            return float(text)
    except ValueError:
        raise UserError("Hyperparameter %s: could not parse value %r" % (name, text)) from None
    if name not in WORDS:
        raise UserError("Extraneous hyperparameter found: " + name)
    allowed = WORDS[name]
    if allowed and text not in allowed:
        raise UserError("Hyperparameter %s: value %r is not one of %s" % (name, text, ", ".join(sorted(allowed))))
    return text


# --- data ---


def data_files(folder):
    found = []
    for path, _, names in os.walk(folder):
        found += [os.path.join(path, name) for name in names if not name.startswith((".", "_"))]
    return sorted(found)


def csv_matrix(texts, weights):
    import numpy
    import xgboost
    parts = []
    for text in texts:
        try:
            parts.append(numpy.loadtxt(text, delimiter=",", ndmin=2, dtype=numpy.float32,
                                       converters=lambda cell: float(cell.strip() or "nan"), encoding="utf-8"))
        except ValueError as error:
            raise UserError("Failed to load csv data with exception:\n%s" % error) from None
    if len({part.shape[1] for part in parts}) != 1:
        raise UserError("The csv files have different numbers of columns")
    rows = numpy.vstack(parts)
    if weights:
        return xgboost.DMatrix(rows[:, 2:], label=rows[:, 0], weight=rows[:, 1])
    return xgboost.DMatrix(rows[:, 1:], label=rows[:, 0])


def libsvm_matrix(texts):
    import xgboost
    with tempfile.NamedTemporaryFile("wb", suffix=".libsvm") as joined:
        for text in texts:
            joined.write(text.rstrip(b"\n") + b"\n")
        joined.flush()
        try:
            return xgboost.DMatrix(joined.name + "?format=libsvm", silent=True)
        except xgboost.core.XGBoostError as error:
            raise UserError("Failed to load libsvm data with exception:\n%s" % error) from None


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def load_channel(folder, content_type, weights):
    files = data_files(folder)
    if not files:
        return None
    kind = (content_type or LIBSVM).split(";")[0].strip().lower()
    kind = {"csv": CSV, "libsvm": LIBSVM, LIBSVM_X: LIBSVM}.get(kind, kind)
    if kind == CSV:
        return csv_matrix(files, weights)
    if kind == LIBSVM:
        return libsvm_matrix(map(read_bytes, files))
    raise UserError("%s is not an accepted ContentType: text/csv and text/libsvm are" % content_type)


# --- training ---


def added_metrics(names, objective):
    """The metrics the library lacks, on what it hands a custom metric."""
    import numpy

    def classes(predictions):
        if predictions.ndim > 1:
            return predictions.argmax(axis=1)
        return predictions if objective == "multi:softmax" else (predictions > 0.5).astype(int)

    def per_class(predicted, labels):
        for value in numpy.unique(labels):
            hit = float(((predicted == value) & (labels == value)).sum())
            chosen, real = float((predicted == value).sum()), float((labels == value).sum())
            yield value, hit / chosen if chosen else 0.0, hit / real if real else 0.0

    def over_classes(pick, predicted, labels):
        scores = [(value, pick(precision, recall)) for value, precision, recall in per_class(predicted, labels)]
        if len(scores) <= 2 and objective.startswith("binary:"):
            return dict(scores).get(1.0, 0.0)
        return float(numpy.mean([score for _, score in scores]))

    def f_score(precision, recall):
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def score(name, predictions, labels):
        if name == "mse":
            return float(((predictions - labels) ** 2).mean())
        if name == "r2":
            spread = float(((labels - labels.mean()) ** 2).sum())
            return 1.0 - float(((predictions - labels) ** 2).sum()) / spread if spread else 0.0
        predicted = classes(predictions)
        if name == "accuracy":
            return float((predicted == labels).mean())
        if name == "balanced_accuracy":
            return float(numpy.mean([recall for _, _, recall in per_class(predicted, labels)]))
        pick = {"precision": lambda p, r: p, "recall": lambda p, r: r, "f1": f_score}[name]
        return over_classes(pick, predicted, labels)

    def metric(predictions, matrix):
        labels = matrix.get_label()
        return [(name, score(name, predictions, labels)) for name in names]

    return metric


def train_model(values, train_data, validation_data):
    import xgboost
    params = {name: value for name, value in values.items() if name not in OURS}
    params.setdefault("objective", "reg:squarederror")
    metrics = [name for name in str(values.get("eval_metric", "")).replace("[", "").replace("]", "").split(",")]
    metrics = [name.strip(" '\"") for name in metrics if name.strip(" '\"")]
    wanted = values.get("_tuning_objective_metric", "").partition(":")[2]
    if wanted and wanted not in metrics:
        metrics.append(wanted)
    added = [name for name in metrics if name in ADDED_METRICS]
    native = [name for name in metrics if name not in ADDED_METRICS]
    if native:
        params["eval_metric"] = native
    elif added:
        params["disable_default_eval_metric"] = 1
    evals = [(train_data, "train")]
    if validation_data is not None:
        evals.append((validation_data, "validation"))
    try:
        return xgboost.train(params, train_data, num_boost_round=values["num_round"], evals=evals,
                             early_stopping_rounds=values.get("early_stopping_rounds") if len(evals) > 1 else None,
                             custom_metric=added_metrics(added, params["objective"]) if added else None,
                             maximize=None)
    except (xgboost.core.XGBoostError, ValueError) as error:
        raise UserError("XGB train call failed with exception:\n%s" % error) from None


def run_training():
    base = runtime.base_dir()
    values = read_hyperparameters(runtime.read_json(base + "/input/config/hyperparameters.json", {}))
    channels = runtime.read_json(base + "/input/config/inputdataconfig.json", {})
    if "train" not in channels:
        raise UserError("Channels missing from input: train")
    weights = values.get("csv_weights", 0) == 1
    loaded = {}
    for name in ("train", "validation"):
        if name in channels:
            loaded[name] = load_channel(base + "/input/data/" + name, channels[name].get("ContentType"), weights)
    if loaded["train"] is None:
        raise UserError("No data in the train channel")
    log.info("Train matrix has %d rows and %d columns", loaded["train"].num_row(), loaded["train"].num_col())
    booster = train_model(values, loaded["train"], loaded.get("validation"))
    path = base + "/model/" + MODEL_FILE
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # JSON: the library documents it, and load_model knows it whatever the file's name.
    with open(path, "wb") as file:
        file.write(booster.save_raw("json"))
    log.info("Stored the trained model in %s", path)


def train():
    output = runtime.base_dir() + "/output"
    os.makedirs(output, exist_ok=True)
    try:
        run_training()
    except ImportError as error:
        return fail(output, "Platform Error: %s: run `apt-get install python3-xgboost`, or map the image to an interpreter "
                            "that has it" % error)
    except runtime.ToolkitError as error:
        return fail(output, str(error))
    return 0


def fail(output, message):
    log.error("%s", message)
    with open(output + "/failure", "w", encoding="utf-8", errors="replace") as file:
        file.write(message)
    return 1


# --- serving ---


class Model:
    def __init__(self, path):
        import xgboost
        self.booster = xgboost.Booster()
        self.booster.load_model(bytearray(read_bytes(path)))
        if os.environ.get("OMP_NUM_THREADS") is None:
            self.booster.set_param({"nthread": 1})
        self.features = self.booster.num_features()

    def transform(self, data, content_type, accept, _):
        import pawl_ml_serving as serving
        import xgboost
        if len(data) > PAYLOAD_BYTES_MAX:
            raise serving.RequestError(413, "the payload is larger than 6 MB")
        if not data.strip():
            raise serving.RequestError(204, "")
        kind = {LIBSVM_X: LIBSVM}.get(content_type.lower(), content_type.lower())
        if kind not in (CSV, LIBSVM):
            raise serving.RequestError(415, "Content-type %s not supported. Supported content-types are text/csv and "
                                            "text/libsvm" % content_type)
        accept = CSV if accept in (None, "*/*") else accept.split(";")[0].strip().lower()
        if accept not in (CSV, JSON, JSON_LINES):
            raise serving.RequestError(406, "Accept type %s is not supported" % accept)
        try:
            matrix = csv_rows(data) if kind == CSV else libsvm_matrix([data])
            predictions = self.booster.predict(matrix, validate_features=False,
                                               iteration_range=best_range(self.booster))
        except (runtime.ToolkitError, ValueError, UnicodeDecodeError, xgboost.core.XGBoostError) as error:
            raise serving.RequestError(400, "Unable to evaluate payload provided: %s" % error) from None
        return render(predictions.tolist(), accept), accept


def csv_rows(data):
    import numpy
    import xgboost
    text = data.decode("utf-8")
    rows = numpy.loadtxt(io.StringIO(text), delimiter=",", ndmin=2, dtype=numpy.float32,
                         converters=lambda cell: float(cell.strip() or "nan"), encoding="utf-8")
    return xgboost.DMatrix(rows)


def best_range(booster):
    try:
        return (0, booster.best_iteration + 1)
    except AttributeError:
        return (0, 0)


def render(scores, accept):
    if accept == JSON:
        return json.dumps({"predictions": [{"score": score} for score in scores]})
    if accept == JSON_LINES:
        return "".join(json.dumps({"score": score}) + "\n" for score in scores)
    return "\n".join(",".join(map(str, score)) if isinstance(score, list) else str(score) for score in scores)


def serve():
    import pawl_ml_serving as serving
    folder = runtime.base_dir() + "/model"
    names = [name for name in sorted(os.listdir(folder)) if os.path.isfile(folder + "/" + name)]
    if MODEL_FILE not in names and len(names) != 1:
        log.error("there is no %s in the model archive", MODEL_FILE)
        return 1
    os.environ.setdefault("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", CSV)
    try:
        model = Model(folder + "/" + (MODEL_FILE if MODEL_FILE in names else names[0]))
    except ImportError as error:
        log.error("%s: run `apt-get install python3-xgboost`, or map the image to an interpreter that has it", error)
        return 1
    return serving.run_server(model.transform)


def main(arguments):
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if arguments == ["train"]:
        return train()
    if arguments == ["serve"]:
        return serve()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
