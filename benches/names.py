#!/usr/bin/env python3
"""How long it takes to find a person among about 20,000 dossiers, by number and by a part of the name, over HTTP.

    benches/names.py [target/release/motcua] [--scenario dinh-hoa-2021] [--rounds 30]

Plays the scenario into a temporary folder, serves it, and asks as an auditor. The filter is the period that holds the most dossiers
up to 20,000; among all of them a name is too wide. Every answer is checked: a name must find its person.
"""
import argparse, datetime, json, os, re, signal, statistics, subprocess, sys, tempfile, time, urllib.request

arguments = argparse.ArgumentParser()
arguments.add_argument("motcua", nargs="?", default="target/release/motcua")
arguments.add_argument("--scenario", default="dinh-hoa-2021")
arguments.add_argument("--rounds", type=int, default=30)
asked = arguments.parse_args()
NAMES_MAX = 20_000


def post(url, token, query, variables):
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/graphql", body, headers)) as answer:
        told = json.load(answer)
    if "data" not in told:
        sys.exit(f"{told}")
    return told


FIND = """query($by: PersonBy!, $filter: DossierFilter) { findDossiers(by: $by, filter: $filter, first: 20) {
    hasMore dossiers { code applicant(reveal: true) { fullName citizenNumber phone } } } }"""
COUNT = "query($filter: DossierFilter) { dossiers(first: 1, filter: $filter) { totalCount } }"

with tempfile.TemporaryDirectory() as folder:
    place = ["--data", f"{folder}/data", "--keys", f"{folder}/keys"]
    process = subprocess.Popen([asked.motcua, "demo", "--scenario", asked.scenario, "--listen", "127.0.0.1:0", *place],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = None
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found and not url:
                url = found.group()
            if "Ctrl-C" in line:
                break
        token = subprocess.run([asked.motcua, "token", "--actor", "auditor-01", "--role", "auditor", *place],
                               check=True, text=True, stdout=subprocess.PIPE).stdout.split()[-1]
        ask = lambda query, **variables: post(url, token, query, variables)
        newest = ask("{ dossiers(first: 1, orderBy: {field: RECEIVED_AT, direction: DESC}) { nodes { receivedAt } } }")
        end = datetime.datetime.fromisoformat(newest["data"]["dossiers"]["nodes"][0]["receivedAt"])
        low, high, chosen = 0, 400, None
        while high - low > 1:
            days = (low + high) // 2
            period = {"receivedAt": {"from": (end - datetime.timedelta(days=days)).isoformat()}}
            count = ask(COUNT, filter=period)["data"]["dossiers"]["totalCount"]
            if count <= NAMES_MAX:
                low, chosen = days, (period, count)
            else:
                high = days
        period, count = chosen
        some = ask("query($filter: DossierFilter) { dossiers(first: 20, filter: $filter, orderBy: {field: RECEIVED_AT, direction: DESC}) { nodes {"
                   " applicant(reveal: true) { fullName citizenNumber phone } } } }", filter=period)
        people = [node["applicant"] for node in some["data"]["dossiers"]["nodes"] if node["applicant"]]
        whole = ask(FIND, by={"name": people[0]["fullName"]}, filter=None)
        print(f"{count:,} dossiers in the period; without it: {whole['errors'][0]['extensions']['code'] if 'errors' in whole else 'answered'}")
        for what, key in [("name", "fullName"), ("citizenNumber", "citizenNumber"), ("phone", "phone")]:
            known = [person for person in people if person.get(key)]
            if not known:
                continue
            times = []
            for round in range(asked.rounds):
                sought = known[round % len(known)][key]
                begin = time.perf_counter()
                answer = ask(FIND, by={what: sought}, filter=period)
                times.append((time.perf_counter() - begin) * 1e3)
                found = answer["data"]["findDossiers"]["dossiers"]
                assert any(one["applicant"][key] == sought for one in found), (sought, answer)
            times.sort()
            print(f"| {what} | {statistics.median(times):.0f} | {times[0]:.0f}–{times[-1]:.0f} |")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
