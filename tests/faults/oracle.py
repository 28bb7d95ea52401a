"""Holds the journal, read with code of our own, against what the clients were told."""

import base64
import hashlib
import json
import sqlite3
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from load import FACTS, dossier_of

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SYSTEM = "system"
FOUNDERS = {SYSTEM, "admin"}


@dataclass
class Entry:
    position: int
    stream: str
    version: int
    recorded_at: int
    body: bytes
    leaf_hash: bytes
    fact: dict = None


def from_sqlite(path):
    """(entries, commands) of an embedded journal; the file may be in use."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20) as base:
        entries = [Entry(position, str(uuid.UUID(bytes=stream)), *rest) for position, stream, *rest in base.execute(
            "select position, stream, version, recorded_at, body, leaf_hash from entry order by position")]
        commands = {str(uuid.UUID(bytes=id)): (position, count)
                    for id, position, count in base.execute("select id, position, entries from command")}
    base.close()
    return entries, commands


def index_from_sqlite(path):
    """(size, newest position, commands): what a look after every kill needs."""
    with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20) as base:
        (size, newest), = base.execute("select count(*), coalesce(max(position), -1) from entry")
        commands = {str(uuid.UUID(bytes=id)): (position, count)
                    for id, position, count in base.execute("select id, position, entries from command")}
    base.close()
    return size, newest, commands


def from_postgres(postgres):
    rows = postgres.ask("select position, stream, version, recorded_at, encode(body, 'hex'), encode(leaf_hash, 'hex')"
                        " from journal.entry order by position")
    entries = [Entry(int(row[0]), row[1], int(row[2]), int(row[3]), bytes.fromhex(row[4]), bytes.fromhex(row[5])) for row in rows]
    commands = {row[0]: (int(row[1]), int(row[2])) for row in postgres.ask("select id, position, entries from journal.command")}
    return entries, commands


def microseconds(text):
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // timedelta(microseconds=1)


def check_journal(run, entries, commands):
    """Order, links and wholeness of the record by itself."""
    tails, newest, numbers, seen = {}, 0, defaultdict(list), set()
    places = defaultdict(list)
    for place, entry in enumerate(entries):
        at = f"position {entry.position}"
        run.expect(entry.position == place, "gap", f"{at} stands at place {place}")
        version, before = tails.get(entry.stream, (0, None))
        run.expect(entry.version == version + 1, "version", f"{at}: version {entry.version} after {version} of {entry.stream}")
        run.expect(entry.recorded_at >= newest, "clock", f"{at}: recorded {newest - entry.recorded_at} µs before the one before it")
        run.expect(hashlib.sha256(b"\0" + entry.body).digest() == entry.leaf_hash, "hash", f"{at}: not the hash of its bytes")
        fact = entry.fact = json.loads(entry.body)
        prev = base64.b64decode(fact["prev"]) if "prev" in fact else None
        run.expect(prev == before, "link", f"{at}: does not name the fact before it")
        same = (fact["stream"], fact["version"], microseconds(fact["recorded_at"])) == (entry.stream, entry.version, entry.recorded_at)
        run.expect(same, "body", f"{at}: says something else than its row")
        tails[entry.stream] = (entry.version, entry.leaf_hash)
        newest = max(newest, entry.recorded_at)
        places[fact["command"]].append(entry.position)
        if fact["type"] == "register.entered":
            code = fact["data"]["code"]
            run.expect(code not in seen, "code", f"{at}: the code {code} is given twice")
            seen.add(code)
            numbers[entry.stream].append(fact["data"]["sequence"])
    for stream, given in numbers.items():
        run.expect(given == list(range(1, len(given) + 1)), "code", f"numbers of {stream} do not run from 1 without a gap")
    for command, found in places.items():
        run.expect(found == list(range(found[0], found[0] + len(found))), "twice", f"{command} has facts at {found}")
        told = commands.get(command)
        run.expect(told == (found[0], len(found)), "index", f"{command} has facts at {found}, the index says {told}")
    for command in commands.keys() - places.keys():
        run.find("index", f"{command} is in the index and has no facts")
    return places


def check_history(run, entries, places, history):
    """Exactly once, whole, where it was told; nothing that was refused, nothing that nobody sent."""
    known = {act.command for act in history.acts}
    lost = 0
    for act in history.acts:
        found = places.get(act.command, [])
        types = [entries[position].fact["type"] for position in found]
        if act.position is not None:
            if not found:
                lost += 1
                run.find("lost", f"{act.kind} {act.command} was acknowledged at {act.position} and is not in the journal")
                continue
            run.expect(found[0] == act.position, "moved", f"{act.command} was told {act.position} and stands at {found}")
        elif act.refused:
            run.expect(not found, "refused", f"{act.command} was refused ({act.refused}) and stands at {found}")
        if found:
            run.expect(types == FACTS[act.kind], "torn", f"{act.kind} {act.command} has {types}")
            streams = {entries[position].stream for position, type in zip(found, types) if not type.startswith("register.")}
            run.expect(streams == {act.dossier}, "torn", f"{act.command} stands on {streams}")
            if act.kind == "accept":
                run.expect(act.dossier == str(dossier_of(act.command)), "torn", f"{act.command} stands on another stream")
            if act.code and len(found) > 1:
                given = [e.fact["data"]["code"] for e in entries[found[0]:found[-1] + 1] if e.fact["type"] == "register.entered"]
                run.expect(given == [act.code], "code", f"{act.command} was told {act.code} and has {given}")
    for entry in entries:
        fact = entry.fact
        if fact["command"] not in known and fact["actor"]["role"] not in FOUNDERS:
            run.find("foreign", f"position {entry.position}: nobody sent {fact['command']}")
    for slip in history.slips:
        run.find("again", slip)
    return lost


def check_linear(run, entries, places, history):
    """Real time and versions: positions are one order that every client could have seen.

    A command that was sent after another was acknowledged stands behind it. A command with `expectedVersion` v makes version
    v + 1, so at most one does for each v. A refusal that names the current version c is right only if c had been sent before
    the refusal came, and c + 1 was not acknowledged before the refused try was sent.
    """
    told = sorted(history.acknowledged, key=lambda act: act.told)
    by_sending = sorted(history.acknowledged, key=lambda act: act.sent)
    highest, at, ended = -1, None, 0
    for act in by_sending:
        while ended < len(told) and told[ended].told < act.sent:
            if told[ended].position > highest:
                highest, at = told[ended].position, told[ended].command
            ended += 1
        run.expect(act.position > highest, "order", f"{act.command} at {act.position} was sent after {at} was told {highest}")
    winners, writer = {}, {}
    for act in history.acts:
        for position in places.get(act.command, []):
            writer[entries[position].stream, entries[position].version] = act
    for act in history.acknowledged:
        if act.expected is None or act.position >= len(entries):
            continue
        version = entries[act.position].version
        run.expect(version == act.expected + 1, "version", f"{act.command} expected {act.expected} and made version {version}")
        other = winners.setdefault((act.dossier, act.expected), act)
        run.expect(other is act, "version", f"{act.command} and {other.command} both succeeded on version {act.expected}")
    for act in history.acts:
        if act.refused != "CONFLICT" or act.current is None:
            continue
        run.expect(act.current != act.expected, "version", f"{act.command} was refused for the version it expected")
        made, next_one = writer.get((act.dossier, act.current)), writer.get((act.dossier, act.current + 1))
        run.expect(made is not None and made.sent < act.told, "order", f"{act.command} was told version {act.current} before anybody made it")
        if next_one is not None and next_one.told is not None:
            run.expect(next_one.told > act.last_sent, "order", f"{act.command} was told the stale version {act.current}")


def check_parts(run, entries, held):
    """No fact names a part of personal data that the vault does not hold. The load corrects and erases nothing."""
    named = 0
    for entry in entries:
        for part in entry.fact.get("parts", []):
            named += 1
            run.expect(base64.b64decode(part["c"]) in held, "parts", f"position {entry.position} names a part that is not in the vault")
    run.figure("parts", named)


def parts_of(data, cluster):
    """Commitments of all parts whose value is there."""
    if cluster:
        return {bytes.fromhex(row[0]) for row in cluster.ask("select encode(c, 'hex') from vault.part where sealed is not null")}
    with sqlite3.connect(data / "vault.db", timeout=20) as base:
        held = {commitment for commitment, in base.execute("select c from part where sealed is not null")}
    base.close()
    return held


def check_all(run, entries, commands, history):
    """All of it; the number of acknowledged commands that are lost."""
    places = check_journal(run, entries, commands)
    lost = check_history(run, entries, places, history)
    check_linear(run, entries, places, history)
    return lost


def rows_of(path):
    """Every row of every table of a read model's file, in an order of their own."""
    with sqlite3.connect(path, timeout=20) as base:
        names = [name for name, in base.execute("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")]
        tables = {name: sorted(base.execute(f'select * from "{name}"').fetchall(), key=repr) for name in sorted(names)}
    base.close()
    return tables


def read_file(folder):
    files = sorted(folder.glob("read-*.db"), key=lambda file: file.stat().st_mtime)
    return files[-1] if files else None


def compare_rows(run, one, two, what):
    """Two files of read models hold the same."""
    if one is None or two is None:
        run.find("rows", f"{what}: a file of read models is missing")
        return 0
    ours, theirs = rows_of(one), rows_of(two)
    run.expect(ours.keys() == theirs.keys(), "rows", f"{what}: other tables")
    count = 0
    for name in ours.keys() & theirs.keys():
        count += len(ours[name])
        if ours[name] != theirs[name]:
            differ = sum(a != b for a, b in zip(ours[name], theirs[name])) + abs(len(ours[name]) - len(theirs[name]))
            run.find("rows", f"{what}: {name} differs in {differ} of {len(ours[name])} rows")
    return count
