#!/usr/bin/env python3
"""Runs docs/coverage.md against served scenarios: every document answers as recorded, every figure of an article comes out.

    tests/coverage.py PROGRAM [--only SCENARIO] [--bless]

PROGRAM is a motcua binary (a release build: the years are long). Only the standard library is used, and only what
everybody can use: `motcua demo`, `serve`, `token`, and GraphQL over HTTP. `--bless` records the answers anew.
"""

import argparse
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "coverage.md"
DOCUMENTS = ROOT / "docs" / "coverage"
CAPABILITIES = ["article", "capability", "scenario", "operation", "test"]
FIGURES = ["figure", "article", "kind", "scenario", "document", "path", "answer"]
# What no system of this kind can hold; any other row must have a document or say what is missing.
OUTSIDE = (
    "premises and equipment",
    "networks and meeting rooms",
    "training",
    "information campaigns",
    "collection of ID cards and e-ID accounts",
    "wallet account numbers",
    "PAR and PAPI indices",
    "online filing forms",
    "the axis between document systems",
)


def tables(text):
    """Every Markdown table as (heading, rows); a row is a dict."""
    found, heading, rows = [], None, []
    for line in text.splitlines() + [""]:
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if heading is None:
                heading = cells
            elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                if len(cells) != len(heading):
                    raise SystemExit(f"{TABLE.name}: {len(cells)} cells, {len(heading)} columns: {line}")
                rows.append(dict(zip(heading, cells)))
        elif heading is not None:
            found.append((heading, rows))
            heading, rows = None, []
    return found


def table(all_tables, heading):
    rows = [row for known, rows in all_tables if known == heading for row in rows]
    if not rows:
        raise SystemExit(f"{TABLE.name}: no table with the columns {heading}")
    return rows


def document(name):
    """A document with the role whose token it is asked with; no token unless its first line says `# as ROLE [OFFICE]`."""
    text = (DOCUMENTS / f"{name}.graphql").read_text()
    match = re.match(r"# as (\w+)(?: at (\S+))?\n", text)
    return text, (match.group(1), match.group(2)) if match else None


class Served:
    """A scenario played into a folder of its own and served on a free port."""

    def __init__(self, program, scenario, folder):
        self.program, self.scenario = program, scenario
        self.place = ["--data", f"{folder}/data", "--keys", f"{folder}/keys"]
        self.tokens = {}

    def __enter__(self):
        play = [self.program, "demo", "--scenario", self.scenario, "--no-serve", *self.place]
        subprocess.run(play, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=1800)
        serve = [self.program, "serve", "--listen", "127.0.0.1:0", *self.place]
        self.process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if match := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.url = match.group(0)
                break
        else:
            raise SystemExit(f"{self.scenario}: the server did not start")
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()

    def token(self, role, office):
        if (role, office) not in self.tokens:
            ask = [self.program, "token", "--role", role, "--actor", f"{role.replace('_', '-')}-01", *self.place]
            made = subprocess.run(ask + (["--office", office] if office else []), check=True, capture_output=True, text=True)
            self.tokens[role, office] = made.stdout.strip().splitlines()[-1]
        return self.tokens[role, office]

    def ask(self, name):
        text, role = document(name)
        request = urllib.request.Request(f"{self.url}/graphql", json.dumps({"query": text}).encode())
        request.add_header("content-type", "application/json")
        request.add_header("accept", "application/graphql-response+json")
        if role:
            request.add_header("authorization", f"Bearer {self.token(*role)}")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
            # What it cost is no part of the answer.
            answer.pop("extensions", None)
            return answer
        except urllib.error.HTTPError as refused:
            return json.load(refused)


def at(answer, path):
    """The value at a dotted path, where a number picks from a list; `a / b` is a share of two counts."""
    path = path.strip("`")
    if " / " in path:
        numerator, denominator = (int(at(answer, part)) for part in path.split(" / "))
        return {"numerator": numerator, "denominator": denominator}
    value = answer
    for step in path.split("."):
        value = pick(value, step) if isinstance(value, list) else value[step]
    return value


def pick(rows, step):
    """A row by its place, or by what names it: a level, an indicator, or `INDICATOR@LEVEL`."""
    if step.isdigit():
        return rows[int(step)]
    name, _, level = step.partition("@")
    named = [row for row in rows if name in (row.get("indicator", row.get("level")),) and (not level or row["level"] == level)]
    if len(named) != 1:
        raise KeyError(f"{len(named)} rows are called {step}")
    return named[0]


def percent(ratio, digits, rounding):
    if not ratio["denominator"]:
        return None
    unit = Decimal(1).scaleb(-digits)
    return (Decimal(ratio["numerator"]) * 100 / Decimal(ratio["denominator"])).quantize(unit, rounding)


def figure_holds(row, value):
    """Whether what was counted is what the article printed, by the row's kind."""
    kind, answer = row["kind"].removesuffix(", assumed"), row["answer"]
    if kind == "sum":
        return sum(one["proposals"] for one in value) == int(answer)
    if kind == "length":
        return len(value) == int(answer)
    if kind == "count":
        return int(value) == int(answer)
    if kind == "more than":
        return int(value) > int(answer)
    if kind == "more than %":
        return value["numerator"] * 100 > value["denominator"] * Decimal(answer.rstrip("%"))
    if match := re.fullmatch(r"% (half up|cut off)", kind):
        digits = len(answer.rstrip("%").partition(".")[2])
        rounding = ROUND_HALF_UP if match.group(1) == "half up" else ROUND_DOWN
        return percent(value, digits, rounding) == Decimal(answer.rstrip("%"))
    if kind == "word":
        return str(value) == answer
    raise SystemExit(f"{TABLE.name}: unknown kind of figure {row['kind']!r}")


def name_of(cell):
    match = re.fullmatch(r"\[[^\]]+\]\(coverage/([\w-]+)\.graphql\)", cell)
    return match.group(1) if match else None


def check_form(capabilities, figures):
    """Every row is answered, lies outside for a reason that is one, or says what is missing."""
    wrong = []
    for row in capabilities:
        name, said = name_of(row["operation"]), row["operation"]
        if name is None:
            reason = said.removeprefix("outside: ")
            if not (said.startswith("outside: ") and reason.startswith(OUTSIDE)):
                wrong.append(f"{row['article']} {row['capability']}: neither a document nor outside: {said}")
    known = {name_of(row["operation"]) for row in capabilities} | {row["document"] for row in figures}
    for file in DOCUMENTS.glob("*.graphql"):
        if file.stem not in known:
            wrong.append(f"{file.name}: no row asks for it")
    for row in figures:
        is_share = row["kind"].startswith("%")
        if is_share and "%" not in row["answer"]:
            wrong.append(f"{row['figure']}: a percentage without its sign")
    return wrong


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program")
    options.add_argument("--only", metavar="SCENARIO")
    options.add_argument("--bless", action="store_true", help="record the answers anew")
    options = options.parse_args()
    all_tables = tables(TABLE.read_text())
    capabilities, figures = table(all_tables, CAPABILITIES), table(all_tables, FIGURES)
    failures = check_form(capabilities, figures)
    asked = [(row["scenario"], name_of(row["operation"])) for row in capabilities if name_of(row["operation"])]
    asked += [(row["scenario"], row["document"]) for row in figures]
    scenarios = [name for name in dict.fromkeys(name for name, _ in asked) if options.only in (None, name)]
    passed = 0
    for scenario in scenarios:
        with tempfile.TemporaryDirectory(prefix="motcua-coverage-") as folder, Served(options.program, scenario, folder) as served:
            answers = {}
            for name in dict.fromkeys(name for place, name in asked if place == scenario):
                answer = answers[name] = served.ask(name)
                record = DOCUMENTS / f"{name}.json"
                if options.bless:
                    record.write_text(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
                if "errors" in answer:
                    failures.append(f"{scenario} {name}: {answer['errors'][0].get('message')}")
                elif not record.exists() or json.loads(record.read_text()) != answer:
                    failures.append(f"{scenario} {name}: another answer than the recorded one: {json.dumps(answer, ensure_ascii=False)[:600]}")
                else:
                    passed += 1
            for row in figures:
                if row["scenario"] != scenario:
                    continue
                try:
                    value = at(answers[row["document"]], row["path"])
                    held = figure_holds(row, value)
                except (KeyError, IndexError, TypeError, ValueError) as error:
                    value, held = f"{type(error).__name__} {error}", False
                if held:
                    passed += 1
                else:
                    failures.append(f"{scenario} {row['figure']}: {value} is not {row['kind']} {row['answer']}")
        print(f"{scenario}: done", flush=True)
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
