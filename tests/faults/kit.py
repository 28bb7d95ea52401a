"""What every scenario stands on: the seed, progress lines, findings, and child processes that end with us."""

import asyncio
import ctypes
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OFFICE = "H38.40.01"
STARTED = time.monotonic()
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG
LIBC = ctypes.CDLL(None, use_errno=True)


def say(text):
    print(f"{time.monotonic() - STARTED:7.1f} s  {text}", flush=True)


def ends_with_us():
    LIBC.prctl(DIES_WITH_PARENT, signal.SIGKILL)


class Broken(Exception):
    """The test itself cannot go on: a tool is missing, a node does not start."""


class Run:
    """One run of one scenario: where it works, what it found, what it measured."""

    def __init__(self, name, program, seed, rounds, long, sabotage):
        self.name, self.program, self.seed = name, program, seed
        self.rounds, self.long, self.sabotage = rounds, long, sabotage
        self.folder = Path(tempfile.mkdtemp(prefix="motcua-faults."))
        self.folder.chmod(0o755)
        self.findings, self.notes, self.figures, self.closers = [], [], {}, []

    def random(self, what):
        """Each use has dice of its own, so that one more throw here moves nothing there."""
        return random.Random(f"{self.seed}/{self.name}/{what}")

    def say(self, text):
        say(f"{self.name:16} {text}")

    def find(self, kind, text):
        """Something that must not be. `kind` is one word, for the table and for sabotage."""
        self.findings.append((kind, text))
        if len(self.findings) <= 20:
            self.say(f"RED {kind}: {text}")

    def expect(self, holds, kind, text):
        if not holds:
            self.find(kind, text)
        return holds

    def note(self, text):
        """Something worth telling that fails nothing."""
        if text not in self.notes:
            self.notes.append(text)
            self.say(f"note: {text}")

    def figure(self, name, value):
        self.figures[name] = round(value, 3) if isinstance(value, float) else value

    def on_close(self, call):
        self.closers.append(call)

    def close(self):
        for call in reversed(self.closers):
            try:
                call()
            except Exception as error:  # the next one still has to be closed
                self.say(f"closing: {error!r}")
        if os.environ.get("MOTCUA_FAULTS_KEEP"):
            say(f"kept {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def motcua(self, *arguments, timeout=120):
        """Runs the program to its end: (exit code, everything it said)."""
        done = subprocess.run([self.program, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=timeout, preexec_fn=ends_with_us)
        return done.returncode, done.stdout

    async def motcua_aside(self, *arguments, timeout=120):
        return await asyncio.to_thread(self.motcua, *arguments, timeout=timeout)

    def must(self, *arguments, timeout=120):
        code, text = self.motcua(*arguments, timeout=timeout)
        if code != 0:
            raise Broken(f"motcua {arguments[0]} ended with {code}: {text[-800:]}")
        return text


def free_port():
    """A port that was free a moment ago, below the range from which the system takes ports for calls."""
    dice = random.SystemRandom()
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", dice.randrange(15_000, 32_000)))
                return probe.getsockname()[1]
            except OSError:
                continue


class Node:
    """`motcua serve` as a process of its own, started again after whatever happened to it."""

    def __init__(self, run, name, data, keys, journal=None, environment=None, options=(), limited=False, program=None,
                 office=OFFICE):
        self.run, self.name, self.data, self.keys, self.journal = run, name, Path(data), Path(keys), journal
        self.environment, self.options = environment or {}, list(options)
        self.program = program  # another than the run's, such as the release before
        self.office = office
        # One token stands for a whole office here, so its share is without end unless that is what is tried.
        self.limits = [] if limited else ["--rate-token", "0", "--rate-address", "0"]
        self.process = self.port = None
        self.starts = 0
        self.logs = []
        run.on_close(self.kill)

    def place(self):
        journals = [self.journal] if isinstance(self.journal, str) else self.journal or []
        named = [word for journal in journals for word in ("--journal", journal)]
        return ["--data", str(self.data), "--keys", str(self.keys), *named]

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log_text(self):
        return self.logs[-1].read_text(errors="replace") if self.logs else ""

    def arguments(self):
        return ["serve", "--listen", "127.0.0.1:0", *self.limits, *self.options, *self.place()]

    def launch(self):
        self.starts += 1
        log = self.run.folder / f"{self.name}-{self.starts}.log"
        self.logs.append(log)
        self.port = None
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [self.program or self.run.program, *self.arguments()],
                stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env={**os.environ, "NO_COLOR": "1", **self.environment}, preexec_fn=ends_with_us)

    async def start(self, wait=60):
        """Starts and waits until it serves; returns the seconds that took."""
        begun = time.monotonic()
        self.launch()
        while time.monotonic() - begun < wait:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.log_text())
            if found:
                self.port = int(found[1])
                return time.monotonic() - begun
            if self.process.poll() is not None:
                raise Broken(f"{self.name} ended at its start with {self.process.returncode}: {self.log_text()[-800:]}")
            await asyncio.sleep(0.02)
        raise Broken(f"{self.name} does not serve after {wait} s: {self.log_text()[-800:]}")

    async def serves(self, wait=30):
        """Starts it; whether it serves. False: it ended by itself, and its log says why."""
        try:
            await self.start(wait)
        except Broken:
            if self.alive():
                raise
            return False
        return True

    def kill(self):
        """As the power would: no chance to say anything."""
        if self.alive():
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        if self.process is not None:
            self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    async def stop(self, wait=30):
        """As an operator would."""
        if not self.alive():
            return
        self.process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        while self.process.poll() is None:
            if time.monotonic() - begun > wait:
                self.run.find("stop", f"{self.name} does not end within {wait} s of SIGTERM")
                return self.kill()
            await asyncio.sleep(0.02)

    def memory(self):
        """Resident megabytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def token(self, role, actor):
        office = [] if role in ("admin", "auditor", "applicant") else ["--office", self.office]
        return self.run.must("token", "--role", role, "--actor", actor, *office, *self.place()).split()[-1]


def found(run, name="office", journal=None, office=OFFICE):
    """A new live journal of one office: (data folder, keys folder)."""
    data, keys = run.folder / name, run.folder / f"{name}-keys"
    where = ["--journal", journal] if journal else []
    run.must("init", "--office", office, "--name", "Một cửa thử nghiệm", "--data", data, "--keys", keys, *where)
    return data, keys


def look_for_panics(run, *nodes):
    """No fault outside may make the program panic."""
    for node in nodes:
        for log in node.logs:
            for line in log.read_text(errors="replace").splitlines():
                if "panicked at" in line:
                    run.find("panic", f"{log.name}: {line.strip()[:300]}")


def need(command, package):
    """Installs a Debian package when its command is missing and we may."""
    if shutil.which(command):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"installing {package}")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-q"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-q", package], **quiet)
    if not shutil.which(command):
        raise Broken(f"{command} is missing: install {package}")


def faketime(offset):
    """The environment that shifts a program's clock by `offset`, such as +5s."""
    need("faketime", "faketime")
    for library in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return {"LD_PRELOAD": str(library), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    raise Broken("libfaketimeMT.so.1 is not where Debian puts it")


if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed")
