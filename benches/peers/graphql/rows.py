#!/usr/bin/env python3
"""Takes what a played data folder holds over to PostgreSQL, as motcua itself answers it.

    rows.py --program FILE --data DIR --keys DIR --url http://… --postgres postgres://… --out DIR [--count N]

Dossiers of a played year that were settled in the usual way tell of five steps; their originals are handed back here, which
is a sixth. Then the program is asked for each of them with the fixed document, and what it answers is put into the tables of
`rows.sql`. In DIR: `codes.txt`, and `words.json` with what words of the journal are called in answers, for the bare handler.
"""

import argparse
import collections
import http.client
import json
import pathlib
import sqlite3
import subprocess
import urllib.parse
import uuid

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parents[2] / "src" / "web" / "queries" / "public" / "tracking.graphql"
STEPS = 6
BULK_MAX = 100
HAND_BACK = "mutation($input: BulkInput!) { bulk(input: $input) { done visible outcomes { errors { code } } } }"
# Seven facts: five of them public. Spread over the year, the same ones each time.
SETTLED = """
    select code, office from dossier where version = 7 and phase = 'returned' and end_kind = 'completed'
    order by number * 2654435761 % 4294967296 limit ?"""
FACTS = """
    select phase, procedure, office, audit.position, kind
    from dossier join audit on audit.dossier = number where code = ?"""


def read_model(data):
    """The file of the read models in a data folder."""
    (file,) = pathlib.Path(data).glob("read-*.db")
    return file


class Program:
    """A program that serves, asked over one line."""

    def __init__(self, url):
        self.line = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)

    def ask(self, query, token=None, **variables):
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self.line.request("POST", "/graphql", json.dumps({"query": query, "variables": variables}), headers)
        told = json.loads(self.line.getresponse().read())
        if "errors" in told:
            raise SystemExit(f"not answered: {told['errors']}")
        return told["data"]


def hand_back(program, token, codes):
    """One more public step for each, by a receiver of their office."""
    for first in range(0, len(codes), BULK_MAX):
        some = codes[first : first + BULK_MAX]
        wanted = {"commandId": str(uuid.uuid4()), "dossiers": some, "act": {"plain": "RETURN_ORIGINALS"}}
        told = program.ask(HAND_BACK, token, input=wanted)["bulk"]
        if told["done"] != len(some) or not told["visible"]:
            raise SystemExit(f"not done: {told}")


def words(models, answers):
    """What is called how: words of the read model, and what was answered for them."""
    known = {"phase": {}, "procedure": {}, "office": {}, "act": {}}
    for one in answers:
        labels = {int(step["position"]): step["label"] for step in one["history"]}
        for phase, procedure, office, position, kind in models.execute(FACTS, [one["code"]]):
            known["phase"][phase] = {key: one[key] for key in ("status", "statusLabel", "progressPercent", "nextStep")}
            known["procedure"][procedure] = {key: one[key] for key in ("procedureCode", "procedureName")}
            known["office"][office] = one["office"]
            if position in labels:
                known["act"][kind] = labels[position]
    return known


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("program", "data", "keys", "url", "postgres", "out"):
        options.add_argument(f"--{name}", required=True)
    options.add_argument("--count", type=int, default=5_000)
    options = options.parse_args()

    models = sqlite3.connect(f"file:{read_model(options.data)}?mode=ro", uri=True)
    program = Program(options.url)
    offices = collections.defaultdict(list)
    for code, office in models.execute(SETTLED, [options.count]):
        offices[office].append(code)
    place = ["--data", options.data, "--keys", options.keys]
    for office, codes in offices.items():
        who = ["token", "--role", "receiver", "--actor", "receiver-01", "--office", office]
        token = subprocess.run([options.program, *who, *place], check=True, capture_output=True, text=True).stdout
        hand_back(program, token.split()[-1], codes)

    document = DOCUMENT.read_text()
    codes = sorted(code for some in offices.values() for code in some)
    answers = [program.ask(document, code=code)["tracking"] for code in codes]
    if any(len(one["history"]) != STEPS for one in answers):
        raise SystemExit(f"not all have {STEPS} steps")
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in answers)
    fill = ["psql", "--no-psqlrc", "--quiet", "--file", HERE / "rows.sql", options.postgres]
    subprocess.run(fill, check=True, input=lines, text=True)
    out = pathlib.Path(options.out)
    (out / "codes.txt").write_text("".join(f"{code}\n" for code in codes))
    (out / "words.json").write_text(json.dumps(words(models, answers), ensure_ascii=False))
    print(f"{len(answers)} dossiers of {STEPS} steps")


if __name__ == "__main__":
    main()
