#!/usr/bin/env python3
"""Counts a permit office's public event log from the source itself, and compares with what a journal shows of its import.

    recount.py LOG.xes MOTCUA DATA KEYS

LOG.xes is the source; MOTCUA the program; DATA and KEYS the folders of the journal made from it with receipt.json. The source is read
here with a parser of its own. Exit 0: cases, events, settled and late ones are the same in both.
"""
import csv, datetime, json, re, signal, subprocess, sys, tempfile, urllib.request
import xml.etree.ElementTree as xml

log, motcua, data, keys = sys.argv[1:]
HANOI = datetime.timezone(datetime.timedelta(hours=7))


def told(element):
    return {child.get("key"): child.get("value") for child in element if not child.tag.endswith("}event")}


def day(text):
    return datetime.datetime.fromisoformat(text).astimezone(HANOI).date()


cases = events = 0
received, settled, late, on_time, early = 0, 0, 0, 0, 0
first, last = datetime.date.max, datetime.date.min
for trace in xml.parse(log).getroot():
    if not trace.tag.endswith("}trace"):
        continue
    case = told(trace)
    cases += 1
    events += sum(1 for child in trace if child.tag.endswith("}event"))
    first, last = min(first, day(case["startdate"])), max(last, day(case["startdate"]))
    if "enddate" in case:
        settled += 1
        end, due = day(case["enddate"]), day(case["deadline"])
        late, on_time, early = late + (end > due), on_time + (end == due), early + (end < due)
        last = max(last, end)
source = {"cases": cases, "events": events, "received": cases, "settled": settled,
          "early": early, "on time": on_time, "late": late}

place = ["--data", data, "--keys", keys]
with tempfile.NamedTemporaryFile("r", suffix=".csv") as table:
    subprocess.run([motcua, "export", "--form", "csv", "--out", table.name, *place], check=True)
    acts = list(csv.DictReader(table))
noted = [act for act in acts if not act["activity"].startswith("dossier.")]
server = subprocess.Popen([motcua, "serve", "--listen", "127.0.0.1:0", *place], stdout=subprocess.PIPE, text=True)
try:
    address = None
    for line in server.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        address = address or (found and found.group())
        if "Ctrl-C" in line:
            break
    question = """query($from: Date!, $to: Date!) { journal { kind } statistics(from: $from, to: $to) {
        received { total } settled { total early onTime late } } }"""
    body = {"query": question, "variables": {"from": str(first), "to": str(last)}}
    asked = urllib.request.Request(f"{address}/graphql", json.dumps(body).encode(), {"content-type": "application/json"})
    answer = json.load(urllib.request.urlopen(asked))["data"]
finally:
    server.send_signal(signal.SIGTERM)
    server.wait(60)
assert answer["journal"]["kind"] == "IMPORTED", answer
shown = answer["statistics"]
here = {"cases": len({act["case"] for act in acts}), "events": len(noted), "received": shown["received"]["total"],
        "settled": shown["settled"]["total"], "early": shown["settled"]["early"], "on time": shown["settled"]["onTime"],
        "late": shown["settled"]["late"]}
print(f"{first} to {last}\n{'':10} {'source':>8} {'journal':>8}")
for name in source:
    mark = "" if source[name] == here[name] else "   differs"
    print(f"{name:10} {source[name]:8,} {here[name]:8,}{mark}")
sys.exit(source != here)
