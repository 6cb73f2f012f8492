#!/usr/bin/python3
"""Writes scikit-learn's handwritten digits as raw data: prepare.py FILE.csv

1,797 pictures of 8 x 8 pixels, bundled with the library: nothing is downloaded. A line is a digit and its 64 pixels, each
from 0 to 16, in the order in which the library holds them.
"""
import csv
import sys

from sklearn.datasets import load_digits


def write_raw(path):
    digits = load_digits()
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["label"] + ["pixel_%d_%d" % (row, column) for row in range(8) for column in range(8)])
        for label, pixels in zip(digits.target, digits.data):
            writer.writerow([int(label)] + [int(pixel) for pixel in pixels])
    return len(digits.target)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print("%d pictures" % write_raw(sys.argv[1]))
