"""Schemathesis against a node, as nobody and as each role at the same time.

    python3 fuzz.py URL SECONDS SEED [NAME=TOKEN ...]

Every answer is held against what no answer may be or hold: a status of 500 and above, a fault of the program, the insides of
the program, and, for those who may not see it, a person. One line per caller is printed; the exit code is 1 when
anything was found.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
url, seconds, seed, callers = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
callers = [("nobody", "")] + [tuple(caller.split("=", 1)) for caller in callers]


def start(name, token, folder):
    told = Path(folder) / f"{name}.jsonl"
    headers = ["-H", f"Authorization: Bearer {token}"] if token else []
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "fuzz_hooks",
        "PYTHONPATH": str(HERE),
        "FUZZ_CALLER": name,
        "FUZZ_TOLD": str(told),
    }
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "run", url, "--max-time", str(seconds),
               "--seed", seed, "--phases", "fuzzing", "--checks", "no_fault", "--continue-on-failure",
               "--max-examples", "1000000", "--suppress-health-check", "all", "--request-timeout", "60",
               "--generation-database", "none", "--warnings", "off", *headers]
    output = (Path(folder) / f"{name}.txt").open("w")
    return name, told, subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=subprocess.STDOUT)


failed = False
with tempfile.TemporaryDirectory() as folder:
    running = [start(name, token, folder) for name, token in callers]
    print(f"seed {seed}, {seconds} s, {len(running)} callers at once", flush=True)
    for name, told, process in running:
        process.wait()
        lines = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
        found = [line for line in lines if "found" in line]
        counts = next((line for line in reversed(lines) if "asked" in line), {"asked": 0})
        print(f"{name:<22} {counts['asked']:>7} asked  {counts.get('answered', 0):>7} with data  "
              f"{counts.get('codes', '')}  {len(found)} found", flush=True)
        for one in found[:5]:
            print(json.dumps(one)[:2000], flush=True)
        if found or counts["asked"] == 0:
            failed = True
            print((Path(folder) / f"{name}.txt").read_text()[-2000:], flush=True)
sys.exit(1 if failed else 0)
