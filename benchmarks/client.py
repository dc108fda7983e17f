#!/usr/bin/env python3
"""Measures manhole-cli as its user meets it: whole processes, and a prompt at a pseudo-terminal.

    benchmarks/run.sh client [ROUNDS]

Prints medians (least to most) in milliseconds for the JDK in JAVA_HOME or on the PATH. Starts the sample live-objects with the
same JDK, and ends it. On a machine that has nothing else to do.
"""

import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLIENT = ROOT / "manhole-cli/target/manhole-cli"
SAMPLE = ROOT / "samples/live-objects/target"
ESCAPE = re.compile(rb"\x1b(\[[0-9;?]*[ -/]*[@-~]|[()].|[=>78])")
LIMIT = 60


def java():
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else shutil.which("java")


class Service:
    """The sample, running."""

    def __enter__(self):
        command = [java(), "-cp", f"{SAMPLE}/live-objects.jar:{SAMPLE}/lib/*", "io.manhole.samples.liveobjects.MainKt"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("connect with"):
                break
        self.pid = str(self.process.pid)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(LIMIT)
        self.process.stdout.close()


class Terminal:
    """manhole-cli at a pseudo-terminal of 100 columns."""

    def __init__(self, pid, environment):
        self.seen = b""
        self.begun = time.perf_counter()
        child, self.master = pty.fork()
        if child == 0:
            os.execve(CLIENT, [str(CLIENT), "-q", pid], environment)
        self.child = child
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))

    def expect(self, pattern):
        """Waits until what came since the last call matches; how long that took since the last thing typed."""
        deadline = time.monotonic() + LIMIT
        while not re.search(pattern, ESCAPE.sub(b"", self.seen)):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise TimeoutError(f"no {pattern} in {self.seen}")
            self.seen += os.read(self.master, 65536)
        self.seen = b""
        return (time.perf_counter() - self.begun) * 1000

    def type(self, text):
        self.begun = time.perf_counter()
        os.write(self.master, text)

    def settle(self):
        """Until nothing has come for a while."""
        while select.select([self.master], [], [], 0.3)[0]:
            os.read(self.master, 65536)
        self.seen = b""

    def leave(self):
        os.write(self.master, b"\x03\x04")
        try:
            while os.read(self.master, 65536):
                pass
        except OSError:
            pass  # Linux's end of a pseudo-terminal
        os.waitpid(self.child, 0)
        os.close(self.master)


def run(command, environment=None):
    begun = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, check=True)
    return (time.perf_counter() - begun) * 1000


def at_prompt(pid, environment):
    """Times of one visit, by name."""
    times = {}
    terminal = Terminal(pid, environment)
    times["prompt: ready"] = terminal.expect(rb">>> ")
    terminal.settle()
    terminal.type(b"1+1\r")
    times["prompt: the first 1+1"] = terminal.expect(rb"2\s+\[[0-9]+\] >>> ")
    terminal.settle()
    terminal.type(b"o")
    times["prompt: a key to its echo"] = terminal.expect(rb"o")
    terminal.type(b"\x15")
    for name, text in (
        ("completion: the first", b"orders.fin"),
        ("completion: the same again", b"orders.fin"),
        ("completion: another object", b"worker.pau"),
    ):
        terminal.settle()
        terminal.type(text)
        terminal.settle()
        terminal.type(b"\t")
        times[name] = terminal.expect(rb"[a-z]")
        terminal.settle()
        terminal.type(b"\x15")
    terminal.settle()
    terminal.leave()
    return times


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder, Service() as service:
        hello = pathlib.Path(folder, "Hello.java")
        hello.write_text('public class Hello { public static void main(String[] a) { System.out.println("hello"); } }\n')
        subprocess.run([java() + "c", "-d", folder, hello], check=True)
        os.mkdir(f"{folder}/cache", 0o700)
        environment = dict(os.environ, XDG_CACHE_HOME=f"{folder}/cache", XDG_STATE_HOME=f"{folder}/state", TERM="xterm")
        without = dict(environment, XDG_CACHE_HOME="/nowhere")
        evaluation = [CLIENT, service.pid, "-e", "1+1"]
        commands = {
            "hello world": ([java(), "-cp", folder, "Hello"], None),
            "java -version": ([java(), "-version"], None),
            "python3 -c 'import socket'": (["python3", "-c", "import socket"], None),
            "manhole-cli PID -e 1+1": (evaluation, environment),
            "the same without an archive": (evaluation, without),
        }
        for _ in range(20):  # warms the session's compiler, and leaves an archive
            run(evaluation, environment)
        figures = {}
        for _ in range(rounds):
            for name, (command, variables) in commands.items():
                figures.setdefault(name, []).append(run(command, variables))
        for _ in range(rounds):
            for name, taken in at_prompt(service.pid, environment).items():
                figures.setdefault(name, []).append(taken)
        for name, times in figures.items():
            print(f"| {name} | {statistics.median(times):.0f} ({min(times):.0f} to {max(times):.0f}) |")


if __name__ == "__main__":
    main()
