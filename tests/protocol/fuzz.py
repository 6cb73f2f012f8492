#!/usr/bin/python3
"""Sends a server what no client should: wrong types for every field of every action, mutated, truncated, oversized,
pipelined and slow requests, and noise. It must answer each with an error of AWS's, or close, and go on.

    tests/protocol/fuzz.py --url http://127.0.0.1:8083 --seconds 600 [--seed N] [--pid PID]

Ends with 1 and the request on an answer of 5xx, on a server that is gone or does not answer a plain request within ten
seconds, and, with --pid, on memory that grows.
"""

import argparse
import collections
import http.client
import json
import pathlib
import random
import socket
import sys
import time
import urllib.parse

REQUESTS = json.loads((pathlib.Path(__file__).parent / "requests.json").read_text())
ALIVE_SECONDS = 10
MEMORY_GROWTH_MAX = 96 << 20
ODD_STRINGS = [
    "",
    " ",
    "\u0000",
    "null",
    "a" * 300,
    "\u00e9\u4e2d\U0001f600",
    "../../etc/passwd",
    "%00%2e%2e%2f",
    "'; DROP TABLE event; --",
    "arn:aws:states:us-east-1:123456789012:stateMachine:m",
    "arn:aws:states:us-east-1:123456789012:execution:m:x",
    "arn:aws:states:us-east-1:123456789012:mapRun:m/l:x",
    "arn:aws:states:::",
    "{}",
    "[",
    '{"a":' * 600,
    "\u202e\ufeff",
]
ODD_VALUES = [None, True, False, 0, -1, 1.5, 1e308, -(2**63), 2**64, [], {}, [None], {"": None}, [[[[[]]]]]]


class Broken(Exception):
    pass


class Fuzzer:
    def __init__(self, url, seed):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.random = random.Random(seed)
        self.answers = collections.Counter()
        self.sent = 0

    # What is sent.

    def odd_value(self):
        kind = self.random.random()
        if kind < 0.4:
            return self.random.choice(ODD_VALUES)
        if kind < 0.9:
            return self.random.choice(ODD_STRINGS)
        return "x" * self.random.randrange(1, 300_000)

    def mutated(self, value):
        """The same document with one place changed."""
        if isinstance(value, dict) and value and self.random.random() < 0.8:
            changed = dict(value)
            name = self.random.choice(list(changed))
            roll = self.random.random()
            if roll < 0.15:
                del changed[name]
            elif roll < 0.25:
                changed[self.random.choice(ODD_STRINGS)] = changed.pop(name)
            else:
                changed[name] = self.mutated(changed[name])
            return changed
        if isinstance(value, list) and value and self.random.random() < 0.7:
            at = self.random.randrange(len(value))
            return value[:at] + [self.mutated(value[at])] + value[at + 1 :]
        if isinstance(value, str) and value and self.random.random() < 0.5:
            return self.mutated_text(value)
        return self.odd_value()

    def mutated_text(self, text):
        if text.startswith("{") and self.random.random() < 0.7:
            try:
                return json.dumps(self.mutated(json.loads(text)))
            except (ValueError, RecursionError):
                pass  # it was mutated before
        at = self.random.randrange(len(text) + 1)
        return text[:at] + self.random.choice(ODD_STRINGS) + text[at + self.random.randrange(3) :]

    def action_body(self):
        target = self.random.choice(list(REQUESTS))
        document = REQUESTS[target]
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 4])):
            document = self.mutated(document)
        body = json.dumps(document, ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass")
        if self.random.random() < 0.05:
            body = self.mutated_bytes(body)
        return target, body

    def mutated_bytes(self, data):
        changed = bytearray(data)
        for _ in range(self.random.randrange(1, 8)):
            at = self.random.randrange(len(changed) + 1)
            roll = self.random.random()
            if roll < 0.4:
                changed[at : at + 1] = bytes([self.random.randrange(256)])
            elif roll < 0.6:
                del changed[at : at + self.random.randrange(1, 20)]
            elif roll < 0.8:
                changed[at:at] = changed[: self.random.randrange(50)]
            else:
                changed[at:at] = bytes(self.random.randrange(256) for _ in range(self.random.randrange(20)))
        return bytes(changed)

    def action_request(self):
        target, body = self.action_body()
        lines = [
            "POST / HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            "Content-Type: application/x-amz-json-1.0",
            f"X-Amz-Target: {target}",
            f"Content-Length: {len(body)}",
            self.random.choice(["Connection: close"] * 4 + ["Connection: keep-alive"]),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def resource_request(self):
        roots = ["/api/v1/executions", "/api/v1/state-machines", "/api/v1/clock", "/api/v1/jobs", "/endpoints"]
        roots += ["/bucket", "/healthz", "/readyz", "/metrics", "/2015-03-31/functions", "/"]
        path = self.random.choice(roots)
        for _ in range(self.random.randrange(4)):
            segment = self.random.choice(ODD_STRINGS + ["m:x", "steps", "events", "1", "io", "input", "key"])
            path += self.random.choice(["/", "/", ":", "?", "&", "//"]) + urllib.parse.quote(segment[:400], safe="")
        method = self.random.choice(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "get", "X"])
        body = b"" if self.random.random() < 0.5 else self.action_body()[1][:65536]
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Length: {len(body)}\r\n"
        head += self.random.choice(["Connection: close\r\n"] * 4 + [""])
        for _ in range(self.random.randrange(3)):
            head += self.random.choice(
                ["Expect: 100-continue", "Range: bytes=5-1", "Prefer: wait=x", "Content-MD5: x", "Accept: */*"]
            ) + "\r\n"
        return head.encode() + b"\r\n" + body

    def bad_framing(self):
        body = self.action_body()[1]
        head = f"POST / HTTP/1.1\r\nHost: {self.host}\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\n"
        frames = [
            "Content-Length: -1",
            "Content-Length: 99999999999999999999",
            "Content-Length: 1\r\nContent-Length: 2",
            "Content-Length: 10\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Content-Length: 999999999",
            "X: " + "y" * self.random.choice([100, 8_000, 100_000]),
            "No colon here",
            ": no name",
        ]
        return head.encode() + self.random.choice(frames).encode() + b"\r\n\r\n" + body

    def request(self):
        roll = self.random.random()
        if roll < 0.6:
            return self.action_request()
        if roll < 0.8:
            return self.resource_request()
        if roll < 0.88:
            return self.mutated_bytes(self.action_request())
        if roll < 0.95:
            return self.bad_framing()
        return bytes(self.random.randrange(256) for _ in range(self.random.randrange(1, 2000)))

    # How it is sent.

    def once(self):
        data = self.request()
        roll = self.random.random()
        if roll < 0.1:
            data = data[: self.random.randrange(len(data) + 1)]
        elif roll < 0.2:
            data += self.request()
        self.sent += 1
        with socket.create_connection((self.host, self.port), timeout=ALIVE_SECONDS) as link:
            link.settimeout(self.random.choice([0.02, 0.1, 0.3]))
            try:
                self.send(link, data)
                if self.random.random() < 0.1:
                    return  # without waiting for the answer
                if self.random.random() < 0.3:
                    link.shutdown(socket.SHUT_WR)
                answer = self.received(link)
            except (ConnectionError, socket.timeout):
                self.answers["closed"] += 1
                return
        self.judge(data, answer)

    def send(self, link, data):
        if self.random.random() < 0.95:
            link.sendall(data)
            return
        for at in range(0, min(len(data), 40)):  # a client that is slow, and then gone
            link.sendall(data[at : at + 1])
            time.sleep(0.001)

    @staticmethod
    def received(link):
        answer = b""
        try:
            while len(answer) < 1 << 16:
                more = link.recv(65536)
                if not more:
                    break
                answer += more
        except socket.timeout:
            pass
        return answer

    def judge(self, data, answer):
        if not answer:
            self.answers["no answer"] += 1
            return
        status = answer[9:12].decode("latin1") if answer.startswith(b"HTTP/1.") else "?"
        self.answers[status] += 1
        # 501 and 505 are what HTTP itself has for a transfer coding or version that nobody knows.
        if status == "?" or (status.startswith("5") and status not in ("501", "505")):
            raise Broken(f"{answer[:600]!r}\nto\n{data[:3000]!r}")

    def expect_alive(self):
        try:
            link = http.client.HTTPConnection(self.host, self.port, timeout=ALIVE_SECONDS)
            link.request("GET", "/healthz")
            status = link.getresponse().status
            link.close()
        except OSError as error:
            raise Broken(f"the server does not answer any more: {error}") from error
        if status != 200:
            raise Broken(f"/healthz says {status}")


def memory_of(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    return 0


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--url", required=True)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options.add_argument("--pid", type=int, help="process of the server, to watch its memory")
    given = options.parse_args()
    print("seed", given.seed, flush=True)
    fuzzer = Fuzzer(given.url, given.seed)
    began = time.monotonic()
    settled = None  # memory once everything has been used
    try:
        while (passed := time.monotonic() - began) < given.seconds:
            fuzzer.once()
            if fuzzer.sent % 200 == 0:
                fuzzer.expect_alive()
            if given.pid and settled is None and passed > given.seconds / 3:
                settled = memory_of(given.pid)
        fuzzer.expect_alive()
        if given.pid:
            grown = memory_of(given.pid) - settled
            print(f"memory: {settled >> 20} MB after a third, {grown >> 20} MB more at the end")
            if grown > MEMORY_GROWTH_MAX:
                raise Broken("memory grows")
    except Broken as broken:
        print(f"after {fuzzer.sent} requests: {broken}")
        return 1
    print(f"{fuzzer.sent} requests; answers:", dict(sorted(fuzzer.answers.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
