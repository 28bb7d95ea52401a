"""R4: a full disk, a disk that takes no writes, a torn end of the write-ahead log, a corrupted page."""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import time

import oracle
from http_line import Line
from kit import Broken, Node, found, look_for_panics
from load import Office
from r1_kill import conclude, copied, journal_index, quick_look
from sabotage import cut_last_transaction, ends_of_transactions, unsent

ROOM_AGAIN_MAX = 20.0


def small_disk(run, megabytes):
    """A file system of its own in memory; the embedded journal's folder lies on it."""
    if os.geteuid() != 0:
        raise Broken("a small disk needs root, to mount one")
    disk = run.folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", disk], check=True)
    run.on_close(lambda: subprocess.run(["umount", "-l", disk], check=False))
    return disk


def free_bytes(disk):
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


def fill(path, disk, leave=0):
    """Takes all room but `leave` bytes."""
    with path.open("wb") as file:
        try:
            while free_bytes(disk) > leave:
                file.write(b"\0" * min(65536, max(1, free_bytes(disk) - leave)))
                file.flush()
        except OSError:
            pass


async def full(run):
    disk = small_disk(run, 256)
    data, keys = found(run, "disk/office")
    keys_now = run.folder / "keys"
    shutil.move(keys, keys_now)
    node = Node(run, "node", data, keys_now)
    await node.start()
    office = await Office.of(run, [node])
    await office.open(desks=8, patience=180)
    for number in range(1, (3 * run.rounds if run.long else run.rounds) + 1):
        await asyncio.sleep(1)
        fill(disk / "ballast", disk, leave=run.random(f"room-{number}").randrange(0, 3_000_000))
        begun = time.monotonic()
        # Once for much longer than a node tries by itself, so that it has to say no and to begin anew.
        quiet = 40 if number % 2 else 4
        while time.monotonic() - office.newest < quiet and time.monotonic() - begun < 90:
            await asyncio.sleep(0.05)
        run.expect(time.monotonic() - office.newest >= quiet, "room", "commands are still acknowledged with no room left for a minute")
        codes = dict(office.history.codes)
        run.say(f"full disk {number}: silent after {max(0.0, office.newest - begun):.1f} s, {office.history.count()} acknowledged; answers {codes}")
        run.expect(node.alive(), "ended", f"the node ended on a full disk: {node.log_text()[-300:]}")
        quick_look(run, office.history, *journal_index(run, data, None, live=True))
        if number % 2 == 0:
            await start_without_room(run, node)
        if run.sabotage != "stuck":
            (disk / "ballast").unlink()
        room = time.monotonic()
        if node.alive():
            while office.newest < room and time.monotonic() - room < ROOM_AGAIN_MAX:
                await asyncio.sleep(0.02)
            run.expect(office.newest >= room, "stuck", f"no command is taken {ROOM_AGAIN_MAX:.0f} s after there is room again")
            run.figures.setdefault("again_after_room_seconds", []).append(round(max(0.0, office.newest - room), 2))
        else:
            await node.start()
        if run.findings:
            (disk / "ballast").unlink(missing_ok=True)
            break
    clear = [line for line in node.log_text().splitlines() if "full" in line.lower()]
    run.expect(clear or any("full" in log.read_text(errors="replace") for log in node.logs), "words", "no line of the log says that the disk is full")
    if clear:
        run.note(f"the log says: {re.sub(chr(27) + r'.[0-9;]*m', '', clear[0])[:200]}")
    await office.close()
    await conclude(run, office, [node], None)


async def start_without_room(run, node):
    """Killed on a full disk and started there: it serves, or says why not."""
    node.kill()
    node.launch()
    end = time.monotonic() + 20
    while time.monotonic() < end and node.alive() and "Serving" not in node.log_text():
        await asyncio.sleep(0.05)
    if node.alive() and "Serving" in node.log_text():
        node.port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", node.log_text())[1])
        run.note("started on a full disk the node serves")
        return
    said = node.log_text().strip()[-300:]
    node.kill()
    run.note(f"started on a full disk the node ends and says: {said}")
    run.expect(re.search(r"full|space|room", said, re.I), "words", f"the start on a full disk does not say so: {said}")


async def read_only(run):
    """The folder's disk takes no writes: a clear refusal at the start, nothing changed, and `verify` still reads."""
    disk = small_disk(run, 96)
    data, keys = found(run, "disk/office")
    keys_now = run.folder / "keys"
    shutil.move(keys, keys_now)
    node = Node(run, "node", data, keys_now)
    await node.start()
    office = await Office.of(run, [node])
    await office.open(desks=4)
    await asyncio.sleep(1.5)
    await office.close()
    await node.stop()
    before = oracle.rows_of(data / "journal.db")["entry"]
    if run.sabotage != "writable":
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    node.launch()
    end = time.monotonic() + 20
    while node.alive() and time.monotonic() < end and "Serving" not in node.log_text():
        await asyncio.sleep(0.05)
    said = node.log_text().strip()
    serves = node.alive()
    if serves:
        node.port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", said)[1])
        act, line = office.act("accept"), Line()
        await office.send(act, line, node)
        line.close()
        run.expect(act.position is None, "acknowledged", "a command is acknowledged on a disk that takes no writes")
    node.kill()
    run.figure("starts", serves)
    run.note(f"on a read-only disk `serve` {'starts' if serves else 'ends with ' + str(node.process.returncode)}: {said[-200:]}")
    run.expect(re.search(r"read-?only|permission|writ", said, re.I), "words", f"the start does not say that the disk is read-only: {said[-200:]}")
    code, text = run.motcua("verify", *node.place())
    run.figure("verify_reads_it", code == 0)
    if code != 0:
        run.note(f"verify on a read-only disk ends with {code}: {text.strip()[-200:]}")
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    run.expect(oracle.rows_of(data / "journal.db")["entry"][:len(before)] == before, "changed", "the journal is another afterwards")
    await node.start()
    await conclude(run, office, [node], None)


async def working(run, desks):
    """An office at work on an embedded journal."""
    data, keys = found(run)
    node = Node(run, "node", data, keys)
    await node.start()
    office = await Office.of(run, [node])
    await office.open(desks=desks)
    return node, office


async def torn(run):
    """The end of the write-ahead log after a loss of power: half a frame that nobody was told of, or a told transaction gone."""
    node, office = await working(run, desks=6)
    data = node.data
    dice = run.random("tears")
    rounds = run.rounds if run.long else 3
    for number in range(1, rounds + 1):
        await asyncio.sleep(dice.uniform(0.3, 1))
        node.kill()
        log = data / "journal.db-wal"
        if run.sabotage == "wal":
            for _ in range(4):
                cut_last_transaction(data / "journal.db")
        elif ends := ends_of_transactions(log):
            with log.open("r+b") as tail:
                # The salts of the log, so that only the checksum tells it is no frame.
                header = tail.read(32)
                tail.seek(ends[-1])
                tail.write((dice.randbytes(8) + header[16:24] + dice.randbytes(4096))[:dice.randrange(1, 4120)])
                tail.truncate()
        quick_look(run, office.history, *journal_index(run, data, None))
        if run.findings:
            return
        await node.start()
    run.say(f"{rounds} torn tails: {office.history.count()} acknowledged, none lost")
    run.figure("torn_tails", rounds)
    await office.close()
    # Now what a disk that lies about fsync does: an acknowledged transaction is gone. It cannot come back; it must be noticed.
    await asyncio.sleep(2.5)
    last, line = office.act("accept"), Line()
    await office.until_answered(last, line, office.dice, 20)
    await asyncio.sleep(2.5)
    line.close()
    node.kill()
    whole = copied(run, data, "whole")
    lost = cut_last_transaction(data / "journal.db")
    code, text = run.motcua("verify", *node.place())
    run.figure("lost_transaction_verify", code)
    run.expect(lost and code in (1, 2), "unnoticed", f"verify does not see that a sealed transaction is gone (exit {code}): {text.strip()[-300:]}")
    node.launch()
    end = time.monotonic() + 20
    while node.alive() and time.monotonic() < end and "Serving" not in node.log_text():
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    halted = re.search(r"LOG_ROLLED_BACK|HALTED", node.log_text())
    run.expect(halted, "unnoticed", f"a node whose journal lost a sealed transaction starts without a word: {node.log_text()[-300:]}")
    run.note(f"a lost sealed transaction: verify ends with {code}, serve says {halted[0] if halted else 'nothing'}")
    node.kill()
    for file in whole.iterdir():
        shutil.copy(file, data / file.name)
    (data / "journal.db-shm").unlink(missing_ok=True)
    await node.start()
    await conclude(run, office, [node], None)


async def page(run):
    """One flipped byte in a fact, and a page of the file that is garbage: named with the position."""
    node, office = await working(run, desks=4)
    data = node.data
    await asyncio.sleep(2)
    await office.close()
    await node.stop()
    await conclude_before_damage(run, office, node)
    write_log_back(data / "journal.db")
    entries, _ = oracle.from_sqlite(data / "journal.db")
    whole = (data / "journal.db").read_bytes()
    dice = run.random("page")
    for number in range(run.rounds if run.long else 3):
        entry = dice.choice([entry for entry in entries[30:] if entry.body in whole])
        at = whole.find(entry.body)
        spoilt = bytearray(whole)
        if run.sabotage != "harmless":
            spoilt[at + 20] ^= 1
        (data / "journal.db").write_bytes(spoilt)
        code, text = run.motcua("verify", *node.place())
        named = re.search(rf"\b{entry.position}\b", text)
        run.expect(code == 1 and named, "unnamed", f"a flipped bit at position {entry.position}: verify ends with {code}: {text.strip()[-300:]}")
        _, told = run.motcua("doctor", *node.place())
        bad = [line for line in told.splitlines() if line.startswith("BAD")]
        run.expect(any(str(entry.position) in line for line in bad), "unnamed", f"a flipped bit at {entry.position}: doctor says {bad}")
    table = pages_of_entries(data / "journal.db", whole)
    if table:
        at = dice.choice(table)
        spoilt = bytearray(whole)
        spoilt[at:at + 4096] = dice.randbytes(4096)
        (data / "journal.db").write_bytes(spoilt)
        code, text = run.motcua("verify", *node.place())
        run.figure("garbage_page_verify", code)
        run.note(f"a page of garbage: verify ends with {code}: {text.strip().splitlines()[-1][:200] if text.strip() else ''}")
        run.expect(run.sabotage == "harmless" or code in (1, 3), "unnamed", f"a page of garbage: verify ends with {code}")
        if not re.search(r"position\D{0,20}\d+", text):
            run.note("a page of garbage is not named with a position")
        node.launch()
        await asyncio.sleep(2)
        run.note(f"a page of garbage: serve {'starts' if node.alive() else 'ends'}: {node.log_text().strip()[-160:]}")
        node.kill()
    (data / "journal.db").write_bytes(whole)
    code, text = run.motcua("verify", "--replay", *node.place())
    run.expect(code == 0, "verify", f"the whole file again: verify ends with {code}: {text.strip()[-200:]}")
    look_for_panics(run, node)


def write_log_back(journal):
    """All pages into the file itself, so that what is spoilt there is what is read."""
    with sqlite3.connect(journal) as base:
        base.execute("pragma wal_checkpoint(truncate)").fetchall()
    base.close()


def pages_of_entries(path, data):
    """Offsets of leaf pages of the table of entries, found by what stands on them."""
    size = int.from_bytes(data[16:18], "big")
    leaves = [at for at in range(size, len(data), size) if data[at] == 13 and b'"type":"dossier.' in data[at:at + size]]
    return leaves if size == 4096 else []


async def conclude_before_damage(run, office, node):
    """What was acknowledged is whole before anything is spoilt."""
    entries, commands = oracle.from_sqlite(node.data / "journal.db")
    if run.sabotage == "unsent":
        unsent(office.history)
    oracle.check_all(run, entries, commands, office.history)
    run.figure("acknowledged", office.history.count())
    run.figure("facts", len(entries))
