#!/usr/bin/env python3
"""Pawl's JSONata beside the JavaScript reference, in one run.

    npm install --prefix FOLDER jsonata
    bench/jsonata_compare.py --folder FOLDER [--seconds 0.05] [--rounds 15]

Both run case by case in turns, so that whatever else the machine does meets both. Prints the best
of each (short rounds, so that some go undisturbed), the ratios and their geometric mean; exits with
1 when an answer differs.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Engine:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--folder", required=True, help="holds node_modules/jsonata")
    arguments.add_argument("--binary", default=os.path.join(HERE, "../build/release/bench/bench_jsonata"))
    arguments.add_argument("--seconds", type=float, default=0.05, help="of each measurement")
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()

    text = subprocess.run([options.binary, "plan"], check=True, capture_output=True, text=True).stdout
    plan = json.loads(text)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        reference = Engine(["node", os.path.join(HERE, "jsonata_reference.mjs"), file.name, options.folder])
        pawl = Engine([options.binary, "serve"])
        ratios = []
        for document in plan["documents"]:
            for name, expression in plan["cases"]:
                case = {"document": document, "expression": expression}
                if pawl.ask(**case) != reference.ask(**case):
                    sys.exit("the answers to %s on %s differ" % (name, document))
                reference.ask(seconds=5 * options.seconds, **case)  # warms up
                rates = [(pawl.ask(seconds=options.seconds, **case)["rate"],
                          reference.ask(seconds=options.seconds, **case)["rate"])
                         for _ in range(options.rounds)]
                ours, theirs = (max(side) for side in zip(*rates))
                ratio = ours / theirs
                ratios.append(ratio)
                print("| %s | %s | %.2f | %.1f | %.1f |" % (document, name, 1e6 / ours, 1e6 / theirs, ratio), flush=True)
        print("geometric mean %.1f, least %.1f" % (math.exp(statistics.fmean(map(math.log, ratios))), min(ratios)))
        pawl.close()
        reference.close()


if __name__ == "__main__":
    main()
