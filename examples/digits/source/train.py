"""Trains a small neural network on the digits: what the training job runs (SageMaker's script mode).

Hyperparameters arrive as arguments, data in the folders that SM_CHANNEL_TRAIN and SM_CHANNEL_TEST name. What is left in
SM_MODEL_DIR becomes model.tar.gz; the lines "validation:accuracy=..." become the job's metric.
"""
import argparse
import json
import os
import shutil

# One thread: the job shares its machine, and the sums come out the same every time.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import joblib  # noqa: E402
import numpy  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402

CLASSES = list(range(10))


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--hidden-units", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    parser.add_argument("--output-data-dir", default=os.environ.get("SM_OUTPUT_DATA_DIR"))
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--test", default=os.environ.get("SM_CHANNEL_TEST"))
    return parser.parse_args()


def load_channel(folder):
    parts = [numpy.loadtxt(os.path.join(folder, name), delimiter=",", ndmin=2) for name in sorted(os.listdir(folder))]
    data = numpy.concatenate(parts)
    return data[:, 1:], data[:, 0].astype(int)


def train(arguments, pixels, labels, test_pixels, test_labels):
    model = MLPClassifier(hidden_layer_sizes=(arguments.hidden_units,), batch_size=arguments.batch_size,
                          learning_rate_init=arguments.learning_rate, random_state=arguments.seed)
    accuracy = 0.0
    for epoch in range(1, arguments.epochs + 1):
        model.partial_fit(pixels, labels, classes=CLASSES)
        accuracy = float(model.score(test_pixels, test_labels))
        print("epoch %d: train:loss=%.4f validation:accuracy=%.4f" % (epoch, model.loss_, accuracy), flush=True)
    return model, accuracy


def save(arguments, model, accuracy):
    joblib.dump(model, os.path.join(arguments.model_dir, "model.joblib"))
    code = os.path.join(arguments.model_dir, "code")
    os.makedirs(code, exist_ok=True)
    shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "inference.py"), code)
    os.makedirs(arguments.output_data_dir, exist_ok=True)
    with open(os.path.join(arguments.output_data_dir, "evaluation.json"), "w", encoding="utf-8") as out:
        json.dump({"held_out_accuracy": accuracy}, out)


def main():
    arguments = parse_arguments()
    pixels, labels = load_channel(arguments.train)
    test_pixels, test_labels = load_channel(arguments.test)
    print("training starts: %d pictures, %d held out" % (len(labels), len(test_labels)), flush=True)
    model, accuracy = train(arguments, pixels, labels, test_pixels, test_labels)
    save(arguments, model, accuracy)
    print("held-out accuracy %.4f" % accuracy, flush=True)


if __name__ == "__main__":
    main()
