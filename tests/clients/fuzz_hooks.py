"""What Schemathesis has to know of our schema, and what no answer may hold. See `fuzz.py`."""

import atexit
import collections
import json
import os
import re

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar

CALLER = os.environ["FUZZ_CALLER"]
TOLD = open(os.environ["FUZZ_TOLD"], "a")

# Roles that may read an applicant's details in their own office, or everywhere.
MAY_SEE_PERSONS = {"applicant", "receiver", "handler", "division_head", "signer", "clerk", "centre_manager", "auditor",
                   "procedure_controller", "vertical_agency", "postal_agent", "cashier"}
# What `tests/suite` plants in the only dossier there is.
PERSON = "000123"
INSIDES = re.compile(r"panicked|sqlx|sqlite|postgres|src/|\.rs\b|/rustc/|no such (table|column)|syntax error|"
                     r"RUST_BACKTRACE|master\.key|BEGIN PRIVATE", re.IGNORECASE)

LONG = st.one_of(st.integers(0, 2**63 - 1), st.integers(0, 300), st.sampled_from([2**53, 2**63, -1]))
scalar("Long", LONG.map(lambda number: nodes.String(str(number))))
scalar("DateTime", st.one_of(
    st.datetimes().map(lambda at: nodes.String(at.strftime("%Y-%m-%dT%H:%M:%SZ"))),
    st.sampled_from(["2023-06-30T10:00:00Z", "9999-12-31T23:59:59Z", "-009999-01-01T00:00:00Z", "x"]).map(nodes.String)))
scalar("Date", st.one_of(
    st.dates().map(lambda day: nodes.String(day.isoformat())),
    st.sampled_from(["2023-06-30", "2023-02-30", "0000-00-00", ""]).map(nodes.String)))
scalar("Hash", st.binary(min_size=32, max_size=32).map(lambda some: nodes.String(some.hex())))
scalar("UUID", st.one_of(st.uuids().map(lambda one: nodes.String(str(one))), st.text(max_size=8).map(nodes.String)))

counts = collections.Counter()
codes = collections.Counter()


def tell(what):
    TOLD.write(json.dumps(what) + "\n")
    TOLD.flush()


@atexit.register
def ended():
    tell({"asked": counts["asked"], "answered": counts["answered"],
          "codes": " ".join(f"{code}:{times}" for code, times in codes.most_common(6))})


@schemathesis.check
def no_fault(context, response, case):
    counts["asked"] += 1
    if counts["asked"] % 200 == 0:
        ended()
    text = response.text or ""
    try:
        body = json.loads(text)
    except ValueError:
        body = {}
    errors = body.get("errors") or []
    found = [code for error in errors if (code := (error.get("extensions") or {}).get("code"))]
    codes.update(found)
    counts["answered"] += bool(body.get("data"))
    # What the caller wrote itself may come back in a message about it.
    asked = json.dumps(case.body) if not isinstance(case.body, str) else case.body
    own = {match.group(0) for match in INSIDES.finditer(asked)}
    faults = []
    if response.status_code >= 500 and "NOT_YET" not in found:
        faults.append(f"status {response.status_code}")
    if "INTERNAL_SERVER_ERROR" in found:
        faults.append("a fault of the program")
    for match in INSIDES.finditer(text):
        if match.group(0) not in own:
            faults.append(f"insides: {match.group(0)}")
            break
    if CALLER not in MAY_SEE_PERSONS and PERSON in text and PERSON not in asked:
        faults.append("a person")
    if faults:
        tell({"found": faults, "asked": asked[:1000], "status": response.status_code, "answer": text[:600]})
        raise AssertionError(", ".join(faults))
