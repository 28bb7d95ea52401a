#!/usr/bin/env python3
"""How speed and memory change with the size of the record: one scenario played at several scales, each measured alike.

    benches/slopes.py [--program target/release/motcua] [--scales 2,16,160] [--folder .] [--scenario luc-yen-2023]

For each scale it plays the scenario through the counter (`demo --scale N --no-serve`), rebuilds every read model, and serves: then
one line asks, one question after another, for a command (`acceptDossierAtCounter`, durable and shown), for the public view of dossiers
taken at random from the whole period, and for an officer's list. Medians in milliseconds. It prints a table in Markdown and removes what it
made. The largest default scale takes about 33 GB of disk.
"""
import argparse, glob, http.client, json, os, random, re, shutil, signal, sqlite3, statistics, subprocess, sys, time, uuid

ACCEPT = """mutation($input: AcceptDossierAtCounterInput!) { acceptDossierAtCounter(input: $input) { visible code errors { code } } }"""
LIST = """query($office: String!) { dossiers(filter: { offices: [$office] }, orderBy: { field: RECEIVED_AT, direction: DESC }, first: 20) {
  edges { node { id code status receivedAt dueAt endedAt slackDays lateMinutes overdue } } } }"""
TRACK = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../src/web/queries/public/tracking.graphql")).read()
PROCEDURE = "1.004873"


def new_id():
    """A UUID of version 7, as clients ought to choose them."""
    now = int(time.time() * 1000)
    return str(uuid.UUID(int=now << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)))


def say(text):
    print(text, file=sys.stderr, flush=True)


def measured(command):
    """Runs a program to its end: what it printed, seconds, and the most memory it held, in MB."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"{command}: {status}\n{said}")
    return said, time.monotonic() - began, used.ru_maxrss / 1024


class Line:
    """One connection that stays open."""

    def __init__(self, address, token=None):
        self.line = http.client.HTTPConnection(address, timeout=60)
        self.head = {"content-type": "application/json", "cache-control": "no-cache"}
        if token:
            self.head["authorization"] = f"Bearer {token}"

    def ask(self, query, **variables):
        began = time.monotonic()
        self.line.request("POST", "/graphql", json.dumps({"query": query, "variables": variables}), self.head)
        answer = json.load(self.line.getresponse())
        took = (time.monotonic() - began) * 1000
        if answer.get("errors"):
            raise SystemExit(answer["errors"])
        return answer["data"], took


def resident(pid, what):
    return int(re.search(rf"{what}:\s+(\d+) kB", open(f"/proc/{pid}/status").read()).group(1)) / 1024


def size(folder):
    return sum(os.path.getsize(file) for file in glob.glob(f"{folder}/**", recursive=True) if os.path.isfile(file)) / 1e9


def some_codes(data, count):
    """Codes of the whole period, taken at random from the read model."""
    (models,) = glob.glob(f"{data}/read-*.db")
    with sqlite3.connect(f"file:{models}?mode=ro", uri=True) as found:
        rows = found.execute("select max(rowid) from dossier").fetchone()[0]
        chance = random.Random(1)
        codes = (found.execute("select code from dossier where rowid >= ? and code is not null limit 1", [chance.randrange(rows)]).fetchone() for _ in range(count))
        return [code[0] for code in codes if code]


def served(program, place, office, data, rounds):
    officer, _, _ = measured([program, "token", "--role", "receiver", "--actor", "receiver-01", "--office", office, *place])
    officer = officer.split()[-1]
    codes = some_codes(data, rounds)
    began = time.monotonic()
    node = subprocess.Popen([program, "serve", "--listen", "127.0.0.1:0", "--rate-token", "0", "--rate-address", "0", *place], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in node.stdout:
            found = re.search(r"http://([0-9.:]+)/", line)
            if found:
                break
        started = time.monotonic() - began
        idle = resident(node.pid, "VmRSS")
        public, desk = Line(found.group(1)), Line(found.group(1), officer)
        times = {"command": [], "tracking": [], "list": []}
        for number in range(rounds):
            told, took = desk.ask(ACCEPT, input={"commandId": new_id(), "office": office, "procedure": PROCEDURE, "applicant": {"fullName": "Công dân 000001", "citizenNumber": "038090000001", "phone": "0900000001"}})
            if not told["acceptDossierAtCounter"]["visible"]:
                raise SystemExit(told)
            times["command"].append(took)
        for code in codes:
            told, took = public.ask(TRACK, code=code)
            if told["tracking"]["code"] != code:
                raise SystemExit(told)
            times["tracking"].append(took)
        for number in range(rounds):
            told, took = desk.ask(LIST, office=office)
            if len(told["dossiers"]["edges"]) != 20:
                raise SystemExit(told)
            times["list"].append(took)
        # The first few find nothing in memory yet.
        return started, idle, resident(node.pid, "VmHWM"), {what: statistics.median(each[rounds // 5:]) for what, each in times.items()}
    finally:
        node.send_signal(signal.SIGTERM)
        node.wait(60)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", default="target/release/motcua")
    options.add_argument("--scales", default="2,16,160")
    options.add_argument("--folder", default=".")
    options.add_argument("--scenario", default="luc-yen-2023")
    options.add_argument("--office", default="H63.40.01")
    options.add_argument("--rounds", type=int, default=500)
    options = options.parse_args()
    print("| dossiers | facts | played, facts/s | most memory, MB | rebuild, facts/s | most memory, MB | start, s | idle, MB | most served, MB | command, ms | tracking, ms | list, ms | disk, GB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for scale in options.scales.split(","):
        folder = os.path.join(options.folder, f"slopes-{scale}")
        shutil.rmtree(folder, ignore_errors=True)
        data = os.path.join(folder, "data")
        place = ["--data", data, "--keys", os.path.join(folder, "keys")]
        say(f"playing {options.scenario} {scale} times …")
        said, _, play_memory = measured([options.program, "demo", "--scenario", options.scenario, "--scale", scale, "--no-serve", *place])
        dossiers, facts, seconds = re.search(r"Played (\d+) dossiers: \d+ commands, (\d+) facts, in ([0-9.]+) s", said).groups()
        say(f"{facts} facts in {seconds} s; rebuilding …")
        said, _, rebuild_memory = measured([options.program, "rebuild", *place])
        rebuilt = re.search(r"(\d+) facts/s", said).group(1)
        say(f"{said.strip()}; serving …")
        started, idle, most, times = served(options.program, place, options.office, data, options.rounds)
        print(f"| {int(dossiers):,} | {int(facts):,} | {int(facts) / float(seconds):,.0f} | {play_memory:,.0f} | {int(rebuilt):,} | {rebuild_memory:,.0f} | {started:.2f} | {idle:,.0f} | {most:,.0f} | {times['command']:.2f} | {times['tracking']:.2f} | {times['list']:.2f} | {size(folder):.2f} |", flush=True)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
