#!/usr/bin/env python3
"""Measures a pawl server from outside and prints a report in Markdown.

    bench/report.py --pawl build/release/pawl --load LOAD [--limits FOLDER] [--only a,b,c] [--runs 3]

LOAD is the load generator: it speaks the Step Functions protocol to any server, so that the same program measures the peers.
FOLDER holds the programs that measure what the disk, SQLite and an HTTP server without an engine behind it allow. Every
figure is the median of the runs, and only figures of one report may be compared.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

KIB = 1024


def free_port():
    """Below the range from which the system takes the ports of clients: theirs must not take a dead server's."""
    first, _ = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    while True:
        port = random.randrange(first // 2, first)
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Server:
    """A pawl server on a data folder of its own."""

    def __init__(self, pawl, data):
        self.pawl = pawl
        self.data = data
        self.start()

    def start(self, port=None):
        begun = time.monotonic()
        port = port or free_port()
        self.process = subprocess.Popen(
            [self.pawl, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{port}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            found = re.search(r"ready on http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                break
        return time.monotonic() - begun

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def rss(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * KIB
        return 0

    def syncs(self):
        metrics = urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics").read().decode()
        return total(metrics, "pawl_journal_commit_seconds_count")


def total(metrics, name):
    return sum(float(line.split()[-1]) for line in metrics.splitlines() if re.match(name + r"[ {]", line))


def size_of(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def median(rows, key):
    return statistics.median(row[key] for row in rows)


class Bench:
    def __init__(self, options):
        self.options = options

    def load(self, server, *arguments):
        command = [self.options.load, "--port", str(server.port), "--json", *map(str, arguments)]
        output = subprocess.run(command, capture_output=True, text=True).stdout
        return json.loads([line for line in output.splitlines() if line.startswith("{")][-1])

    def server(self):
        """A fresh server; its folder goes when the caller is done with it."""
        return Fresh(self.options)

    def repeat(self, once):
        return [once() for _ in range(self.options.runs)]


class Fresh:
    def __init__(self, options):
        self.options = options

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pawl-bench-", dir=self.options.folder))
        self.made = Server(self.options.pawl, self.folder)
        return self.made

    def __exit__(self, *_):
        self.made.kill()
        shutil.rmtree(self.folder)


def table(title, heads, rows):
    print(f"\n## {title}\n")
    print("| " + " | ".join(heads) + " |")
    print("| " + " | ".join("---" for _ in heads) + " |")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


def limits(bench):
    """What the machine allows, on the same disk and cores."""
    folder = bench.options.limits
    if not folder:
        return
    print("\n## Limits\n\n```")
    for command in (["fsync_limit", bench.options.folder, "2"], ["sqlite_limit", bench.options.folder, "batch", "1"]):
        program = os.path.join(folder, command[0])
        output = subprocess.run([program, *command[1:]], capture_output=True, text=True, cwd=bench.options.folder).stdout
        print(output.rstrip(), flush=True)
    print("```")
    rates = []
    http = subprocess.Popen([os.path.join(folder, "http_limit"), "8099", "1"], stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        for inflight in (16, 64, 256):
            output = [subprocess.run([bench.options.load, "--port", "8099", "--json", "--raw", "/", "--inflight", str(inflight),
                                      "--secs", "3"], capture_output=True, text=True).stdout for _ in range(bench.options.runs)]
            found = [json.loads(text.splitlines()[-1])["req_per_s"] for text in output]
            rates.append((inflight, round(statistics.median(found))))
    finally:
        http.kill()
    table("Bare HTTP server, one thread, same load generator", ["connections", "requests/s"], rates)


def standard(bench):
    """Workload A: ten Pass states, 300 bytes, durable."""
    rows = []
    for inflight in (1, 16, 256):
        with bench.server() as server:
            bench.load(server, "--inflight", 16, "--secs", 1)
            runs = []
            for _ in range(bench.options.runs):
                before = server.syncs()
                run = bench.load(server, "--mode", "async", "--inflight", inflight, "--secs", 5, "--steps", 10,
                                 "--pid", server.process.pid)
                run["syncs"] = (server.syncs() - before) / max(1, run["done"])
                runs.append(run)
        rows.append((inflight, round(median(runs, "exec_per_s")), round(median(runs, "exec_per_s") * 22),
                     f'{median(runs, "p50_ms"):.2f}', f'{median(runs, "p99_ms"):.2f}', f'{median(runs, "start_p50_ms"):.2f}',
                     f'{median(runs, "start_p99_ms"):.2f}', f'{median(runs, "cpu_s_per_1000_steps"):.4f}',
                     f'{median(runs, "syncs"):.3f}', f'{median(runs, "rss_mb"):.0f}'))
    table("A: ten Pass states, STANDARD", ["in flight", "executions/s", "history events/s", "p50 ms", "p99 ms", "start p50 ms",
          "start p99 ms", "CPU s per 1,000 steps", "commits per execution", "RSS MB"], rows)


def express(bench):
    rows = []
    for inflight in (1, 16, 64, 256):
        with bench.server() as server:
            bench.load(server, "--mode", "sync", "--inflight", 16, "--secs", 1)
            runs = bench.repeat(lambda: bench.load(server, "--mode", "sync", "--inflight", inflight, "--secs", 3, "--steps", 10,
                                                   "--pid", server.process.pid))
        rows.append((inflight, round(median(runs, "req_per_s")), f'{median(runs, "p50_ms"):.2f}', f'{median(runs, "p99_ms"):.2f}',
                     f'{median(runs, "cpu_s_per_1000_steps"):.4f}'))
    table("A: ten Pass states, EXPRESS, synchronous", ["in flight", "requests/s", "p50 ms", "p99 ms", "CPU s per 1,000 steps"],
          rows)


def disk(bench):
    """Bytes a step, after the log has been folded into the database."""
    rows = []
    for payload in (300, KIB, 16 * KIB, 64 * KIB, 255 * KIB):
        count = max(40, min(20_000, 100_000_000 // payload // 10))
        with bench.server() as server:
            bench.load(server, "--inflight", 16, "--total", 1, "--payload", payload)
            server.stop()
            before = size_of(server.data)
            server.start()
            run = bench.load(server, "--inflight", 64, "--total", count, "--steps", 10, "--payload", payload,
                             "--pid", server.process.pid)
            server.stop()
            bytes_a_step = (size_of(server.data) - before) / count / 10
            server.start()
        rows.append((payload, count, round(run["exec_per_s"]), f'{run["p50_ms"]:.2f}', f'{run["p99_ms"]:.2f}',
                     round(bytes_a_step), f'{bytes_a_step / payload:.2f}'))
    table("A by payload, 64 in flight", ["payload bytes", "executions", "executions/s", "p50 ms", "p99 ms",
          "disk bytes a step", "of the payload"], rows)


def scale(bench):
    """Workload A by how many executions there are in the end."""
    rows = []
    for count in (10, 100, 1_000, 10_000, 100_000):
        with bench.server() as server:
            bench.load(server, "--inflight", 1, "--total", 1)
            server.stop()
            before = size_of(server.data)
            server.start()
            run = bench.load(server, "--mode", "async", "--inflight", 64, "--total", count, "--steps", 10, "--pid",
                             server.process.pid)
            server.stop()
            bytes_a_step = (size_of(server.data) - before) / count / 10
            begun = time.monotonic()
            server.start()
            bench.load(server, "--inflight", 1, "--total", 1)
            again = time.monotonic() - begun
        rows.append((f"{count:,}", round(run["exec_per_s"]), round(run["exec_per_s"] * 22), f'{run["start_p50_ms"]:.2f}',
                     f'{run["start_p99_ms"]:.2f}', f'{run["p50_ms"]:.2f}', f'{run["p99_ms"]:.2f}',
                     f'{run["cpu_s_per_1000_steps"]:.4f}', round(bytes_a_step), f'{run["rss_mb"]:.0f}', f"{again:.2f}"))
    table("A by executions, 64 in flight", ["executions", "executions/s", "history events/s", "start p50 ms", "start p99 ms",
          "p50 ms", "p99 ms", "CPU s per 1,000 steps", "disk bytes a step", "RSS MB", "s from a start to a first execution"], rows)


def fan_out(bench):
    """Workload B: one inline Map."""
    rows = []
    for items in (100, 1_000, 10_000):
        with bench.server() as server:
            bench.load(server, "--inflight", 1, "--total", 2, "--workload", "map", "--items", 100)
            runs = bench.repeat(lambda: bench.load(server, "--inflight", 1, "--total", 1, "--workload", "map", "--items", items,
                                                   "--pid", server.process.pid))
        rows.append((items, round(items / (median(runs, "p50_ms") / 1000)), f'{median(runs, "p50_ms"):.1f}'))
    table("B: an inline Map, one Pass an item", ["items", "items/s", "ms"], rows)


def sleepers(bench):
    """Workload C: executions asleep for an hour, then kill -9."""
    rows = []
    for count in (10, 100, 1_000, 10_000, 100_000, *bench.options.sleepers):
        with bench.server() as server:
            bench.load(server, "--inflight", 16, "--secs", 2)
            time.sleep(3)
            rss, size = server.rss(), size_of(server.data)
            run = bench.load(server, "--mode", "start", "--inflight", 64, "--total", count, "--workload", "wait",
                             "--wait-seconds", 3600, "--steps", 1)
            time.sleep(5)
            each = (server.rss() - rss) / count
            server.kill()
            restarted = time.monotonic()
            ready = server.start()
            bench.load(server, "--inflight", 1, "--total", 1)
            first = time.monotonic() - restarted
            wait_until_recovered(server)
            recovered = time.monotonic() - restarted
            after = server.rss()
        rows.append((f"{count:,}", round(run["exec_per_s"]), f'{run["start_p50_ms"]:.2f}', f'{run["start_p99_ms"]:.2f}',
                     round(each), f"{ready:.2f}", f"{first:.2f}", f"{recovered:.2f}", round(after / 1e6)))
    table("C: asleep for an hour; then kill -9 and a new start", ["executions", "starts/s", "start p50 ms", "start p99 ms",
          "memory each, bytes", "s until it answers", "s until an execution has run", "s until all are back", "RSS after, MB"],
          rows)


def wait_until_recovered(server):
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/readyz").read()
            return
        except OSError:
            time.sleep(0.02)


def killed(bench):
    """Workload D: kill -9 under A; the client asks again until it has an answer."""
    rows = []
    for _ in range(bench.options.runs):
        with bench.server() as server:
            port = server.port
            command = [bench.options.load, "--port", str(port), "--json", "--inflight", "64", "--secs", "10", "--tolerate",
                       "--check-output"]
            client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            time.sleep(4)
            server.kill()
            server.start(port)
            run = json.loads([line for line in client.communicate()[0].splitlines() if line.startswith("{")][-1])
        rows.append((run["done"], f'{run["longest_gap_ms"]:.0f}', run["lost"], run["failed"], run["errors"]))
    table("D: kill -9 under A, 64 in flight", ["executions", "longest gap, ms", "lost", "failed", "errors"], rows)


PARTS = {"limits": limits, "a": standard, "express": express, "disk": disk, "scale": scale, "b": fan_out, "c": sleepers, "d": killed}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pawl", default="build/release/pawl")
    parser.add_argument("--load", required=True, help="the load generator")
    parser.add_argument("--limits", help="folder of fsync_limit, sqlite_limit and http_limit")
    parser.add_argument("--only", default=",".join(PARTS), help="of " + ",".join(PARTS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the data folders are made")
    parser.add_argument("--sleepers", type=int, nargs="*", default=[], help="more numbers of sleeping executions")
    bench = Bench(parser.parse_args())
    for part in bench.options.only.split(","):
        PARTS[part](bench)


if __name__ == "__main__":
    main()
