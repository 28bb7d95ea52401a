"""How long a code that somebody has takes, and one that nobody has, asked by turns over one line.

    python3 benches/lookups.py http://127.0.0.1:8080 CODE [ROUNDS]

CODE is a dossier's of that node, which is asked from the same machine (loopback is not limited). Times in milliseconds.
"""

import http.client
import json
import random
import statistics
import sys
import time
from urllib.parse import urlsplit

QUERY = "query($code: String!) { tracking(code: $code) { status statusLabel { vi } dueAt progressPercent timeliness } }"

address, known = urlsplit(sys.argv[1]), sys.argv[2]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 2_000
line = http.client.HTTPConnection(address.hostname, address.port)
day = known.rsplit("-", 1)[0]


def asked(code, key=None):
    variables = {"code": code}
    query = QUERY
    if key:
        query = QUERY.replace("$code: String!", "$code: String!, $key: String").replace("code: $code", "code: $code, capability: $key")
        variables["key"] = key
    body = json.dumps({"query": query, "variables": variables})
    began = time.perf_counter()
    line.request("POST", "/graphql", body, {"content-type": "application/json", "cache-control": "no-cache"})
    answer = line.getresponse().read()
    took = (time.perf_counter() - began) * 1_000
    assert b'"errors"' not in answer, answer
    return took


kinds = {
    "a code that somebody has": lambda: asked(known),
    "the same with a wrong key": lambda: asked(known, "AAAAAAAAAAAAAAAA"),
    "a code that nobody has": lambda: asked(f"{day}-{random.randint(5_000, 9_999)}"),
    "the same with a key": lambda: asked(f"{day}-{random.randint(5_000, 9_999)}", "AAAAAAAAAAAAAAAA"),
}
times = {name: [] for name in kinds}
for _ in range(rounds):
    for name in random.sample(list(kinds), len(kinds)):
        times[name].append(kinds[name]())
for name, all_ in times.items():
    quartiles = statistics.quantiles(all_, n=4)
    print(f"{name:<28} median {quartiles[1]:6.3f}   quartiles {quartiles[0]:6.3f} to {quartiles[2]:6.3f}")
