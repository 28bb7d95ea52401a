"""R10: what was destroyed is in no answer, no file and no backup whose key is gone; killed in the middle it is finished first."""

import asyncio
import base64
import json
import re
import shutil
import sqlite3
import time
import uuid

import oracle
from http_line import fetch
from kit import Broken, Node, found, look_for_panics
from load import Office
from planted import MOST, PURPOSES, ROLES, Desk, Person, answers, asked, plant, said, tracked
from postgres import Cluster
from r1_kill import journal_of, quick_look, read_models

async def sqlite(run):
    await erase(run, None)


async def postgres(run):
    await erase(run, Cluster(run))


def rows_of_vault(run, ground, code_or_stream):
    """[(what, bytes)] of one dossier: wrapped keys, ciphertext, and the beginning of its files."""
    stream = ground.stream_of(code_or_stream)
    if ground.cluster:
        keys = ground.cluster.ask(
            f"select purpose, encode(wrapped, 'hex') from vault.data_key where wrapped is not null and subject in"
            f" (select subject from vault.part where stream = '{stream}')"
        )
        parts = ground.cluster.ask(
            f"select kind, encode(sealed, 'hex'), coalesce(file::text, '') from vault.part where sealed is not null and stream = '{stream}'"
        )
    else:
        hexed = f"x'{uuid.UUID(stream).hex}'"
        with sqlite3.connect(ground.node.data / "vault.db", timeout=20) as base:
            keys = base.execute(
                "select purpose, hex(wrapped) from data_key where wrapped is not null and subject in"
                f" (select subject from part where stream = {hexed})"
            ).fetchall()
            parts = base.execute(
                f"select kind, hex(sealed), coalesce(hex(file), '') from part where sealed is not null and stream = {hexed}"
            ).fetchall()
        base.close()
    found = {f"wrapped key {purpose}": bytes.fromhex(wrapped) for purpose, wrapped in keys}
    for number, (kind, sealed, file) in enumerate(parts):
        found[f"ciphertext {kind} {number} {sealed[:8]}"] = bytes.fromhex(sealed)
        if file:
            id = str(uuid.UUID(file))
            held = [path for path in (ground.node.data / "files").rglob("*") if path.is_file() and path.name.replace("-", "") == id.replace("-", "")]
            for path in held:
                found[f"file {id}"] = path.read_bytes()
    return found


class Ground:
    def __init__(self, run, cluster):
        self.run, self.cluster = run, cluster
        if cluster:
            cluster.ask("create database office")
            cluster.database = "office"
        self.where = cluster.url() if cluster else None
        self.data, self.keys = found(run, journal=self.where)
        self.node = Node(run, "node", self.data, self.keys, journal=self.where, options=["--signer=true"])
        self.streams = {}
        self.journal = uuid.UUID(json.loads(journal_of(run, self.data, cluster)[0][0].body)["data"]["id"]).hex

    def stream_of(self, code):
        if code not in self.streams:
            entries, _ = journal_of(self.run, self.data, self.cluster)
            for entry in entries:
                if b"register.entered" in entry.body:
                    fact = json.loads(entry.body)
                    self.streams[fact["data"]["code"]] = fact["data"]["dossier"]
        return self.streams[code]


async def erase(run, cluster):
    ground = Ground(run, cluster)
    await ground.node.start()
    office = await Office.of(run, [ground.node])
    await office.open(desks=3, patience=120)
    desk = await Desk(run, ground.node).signed_in()
    desk.kept = lambda person: rows_of_vault(run, ground, person.code)
    dice = run.random("people")
    people = [Person(number, dice) for number in range(max(2, run.rounds))]
    for person in people:
        await plant(desk, person)
        person.journal = ground.journal
    victims, others = people[::2], people[1::2]
    await found_before(run, ground, desk, people)
    receipts = await receipts_of(run, ground, people)
    if cluster:
        # As autovacuum does sooner or later: samples of columns go into the catalogue.
        await asyncio.to_thread(cluster.ask, "analyze")
    backup, safe = run.folder / "backup", run.folder / "safe"
    code, text = await run.motcua_aside("backup", *ground.node.place(), "--to", backup, "--keys-to", safe)
    run.expect(code == 0, "backup", f"ends with {code}: {text[-300:]}")
    first = (safe / "wrapping-1.key").read_bytes()
    run.say(
        f"{len(people)} people planted beside {office.history.count()} commands; {sum(len(person.kept) for person in victims)} pieces of the vault recorded of {len(victims)}"
    )

    for person in victims:
        await destroy(run, ground, desk, person)
    await asyncio.sleep(0.5)
    if run.sabotage == "file":
        (ground.data / "left.txt").write_text(f"Nguyen {victims[0].name.capitalize()}")
    if run.sabotage == "vault":
        put_back(ground, victims[0])
    await through_doors(run, ground.node, desk, victims, "after erasing")
    await office.close()
    await still_there(run, ground.node, others, "after erasing")
    await clean(run, ground, victims)
    in_clear(run, backup, "in a backup", people)
    by_bytes(run, ground, victims, "while the node runs")
    await ground.node.stop()
    by_bytes(run, ground, victims, "after a clean stop")

    await ground.node.start()
    mirror = run.folder / "mirror"
    code, text = await run.motcua_aside("mirror", f"http://127.0.0.1:{ground.node.port}", "--data", mirror, "--token", desk.tokens["auditor"])
    run.expect(code == 0, "mirror", f"ends with {code}: {text[-300:]}")
    in_clear(run, mirror, "in a mirror", people)
    await readable_with_key(run, ground, backup, safe, victims)
    await restored(run, ground, desk, backup, mirror, victims, others)
    await key_destroyed(run, ground, desk, backup, safe, first, victims, others)

    for name, path, policy in receipts:
        code, text = run.motcua("receipt", "verify", path, "--policy", policy)
        run.expect(code == 0, "receipt", f"of {name} ends with {code}: {text.strip()[-200:]}")
    run.figure("receipts", len(receipts))
    await ground.node.stop()
    history = office.history
    entries, commands = journal_of(run, ground.data, cluster)
    oracle.check_journal(run, entries, commands)
    quick_look(run, history, len(entries), entries[-1].position, commands)
    run.figure("acknowledged", history.count())
    run.figure("facts", len(entries))
    run.figure("erased", len(victims))
    await read_models(run, [ground.node], cluster)
    look_for_panics(run, ground.node)


async def found_before(run, ground, desk, people):
    """The planting is no illusion: by right all of it is read, and found by number and telephone."""
    for person in people:
        told = await tracked(ground.node, person)
        missing = [word for word in (person.name, person.citizen, person.phone, person.mail, person.moved, person.text) if word not in told.lower()]
        run.expect(not missing, "planting", f"{person.code} does not tell {missing}: {told[:300]}")
        held = await asked(ground.node, desk.tokens["receiver"], f'{{ findDossiers(by: {{ phone: "{person.phone}" }}) {{ dossiers {{ code }} }} }}')
        run.expect(person.code in held, "planting", f"{person.code} is not found by telephone: {held[:200]}")
    told = 0
    async for what, _, text in answers(ground.node, desk, people[0], MOST):
        told += bool(said(people[0], text))
        run.expect("GRAPHQL_VALIDATION_FAILED" not in text, "planting", f"{what} is no question: {text[-200:]}")
    run.figure("answers_that_told_before", told)
    run.expect(told > 20, "planting", f"only {told} answers tell the person before anything is erased")


async def receipts_of(run, ground, people):
    """Receipts and the policy, as people have kept them."""
    kept = []
    _, _, policy = await fetch(ground.node.port, "/log/policy")
    (run.folder / "kept-policy").write_bytes(policy)
    for person in people:
        for what in ("", "?of=result"):
            for _ in range(100):
                status, _, text = await fetch(ground.node.port, f"/receipts/{person.code}{what}")
                if status == 200:
                    break
                await asyncio.sleep(0.1)
            path = run.folder / f"receipt-{len(kept)}.tlog-proof"
            path.write_bytes(text)
            kept.append((f"{person.code}{what}", path, run.folder / "kept-policy"))
    return kept


async def destroy(run, ground, desk, person):
    """Ordered, with the node killed at random moments until there is an answer; after each start what is on record is done."""
    if run.sabotage == "unerased" and person.number == 0:
        return
    dice = run.random(f"kill-{person.number}")
    given = {
        "commandId": desk.id(), "dossier": person.code, "purposes": PURPOSES, "decision": "12/QĐ-UBND", "reason": "OTHER",
        "basis": "91/2025/QH15:14",
    }
    kills = dice.choice((0, 1, 2, 3)) if person.number else 2
    while True:
        asking = asyncio.create_task(desk.try_once("centre_manager", "erasePersonalData", given))
        if kills:
            kills -= 1
            await asyncio.sleep(dice.uniform(0.0, 0.05))
            ground.node.kill()
            run.figures["kills"] = run.figures.get("kills", 0) + 1
            await asyncio.gather(asking, return_exceptions=True)
            ordered = begun(run, ground, person)
            await ground.node.start()
            run.figures["cut_in_the_middle"] = run.figures.get("cut_in_the_middle", 0) + (ordered == "ordered")
            if ordered:
                await is_gone(run, ground.node, person, f"{ordered} when the node was killed, after the start")
            continue
        done = await asking
        if done is None:
            await asyncio.sleep(0.05)
            continue
        run.expect(not done["errors"], "undone", f"the erasure of {person.code} is refused: {done['errors']}")
        break
    await is_gone(run, ground.node, person, "right after the answer")


async def is_gone(run, node, person, when):
    """Nothing is told from the first moment on; the certificate comes as soon as this node shows the newest facts."""
    end, told = time.monotonic() + 30, ""
    while '"doneAt": "' not in told and time.monotonic() < end:
        told = await tracked(node, person)
        if not run.expect(not said(person, told) and '"errors"' not in told, "undone", f"{when} {person.code} tells {told[:400]}"):
            return
    run.expect('"doneAt": "' in told, "undone", f"{when} {person.code} has no certificate: {told[-300:]}")


def begun(run, ground, person):
    """Whether the order, or its end, is on record."""
    entries, _ = journal_of(run, ground.data, ground.cluster)
    stream = ground.stream_of(person.code).encode()
    kinds = [kind for entry in entries if stream in entry.body for kind in re.findall(rb'"type":"(subject\.[a-z_]+)"', entry.body)]
    return "done" if b"subject.erased" in kinds else "ordered" if kinds else None


async def through_doors(run, node, desk, victims, when):
    count = 0
    for person in victims:
        # The first by everybody; of the others by those who see most.
        everybody = run.long or (person is victims[0] and not run.sabotage)
        async for what, query, text in answers(node, desk, person, (None, *ROLES) if everybody else MOST):
            count += 1
            # What was asked for may be named again in an error.
            words = [word for word in said(person, text) if word not in query]
            run.expect(not words, "told", f"{when}: {what} tells {words[:3]}")
            if "findDossiers" in query:
                run.expect(person.code not in text, "told", f"{when}: {what} finds {person.code}")
    told = run.must("export", *node.place()) + "".join(run.must("history", *node.place(), person.code) for person in victims)
    logs = "".join(log.read_text(errors="replace") for log in node.logs)
    for person in victims:
        run.expect(not said(person, told), "told", f"{when}: `motcua export` or `history` tells {said(person, told)}")
        run.expect(not said(person, logs), "told", f"{when}: the log of {node.name} tells {said(person, logs)}")
    run.figures["answers_looked_at"] = run.figures.get("answers_looked_at", 0) + count
    run.say(f"{when}: {count} answers, exports and logs looked through")


async def still_there(run, node, others, when):
    """Nobody else was touched."""
    for person in others:
        told = await tracked(node, person)
        run.expect(
            person.name in told.lower() and person.phone in told and person.text in told, "touched",
            f"{when}: {person.code} was not to be erased and tells {told[:300]}",
        )


def spellings(value):
    """Bytes as they might lie somewhere."""
    yield value
    yield value.hex().encode()
    yield value.hex().upper().encode()
    for shift in range(3):
        # Whole groups of three bytes only: what stands before and after would change the rest.
        yield base64.b64encode(value[shift : shift + (len(value) - shift) // 3 * 3])


def files_below(*folders):
    for folder in folders:
        if folder.is_file():
            yield folder
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def in_clear(run, folder, where, people):
    """Nothing that was planted lies in clear in any file."""
    words = sorted({spelt.lower() for person in people for word in person.words for spelt in (*spellings(word.encode()), word.encode("utf-16-le"))})
    count = 0
    for path in files_below(folder):
        count += 1
        data = path.read_bytes().lower()
        if any(word in data for word in words):
            run.find("bytes", f"{where}: {path.name} in {path.parent.name} holds what was planted in clear")
    run.figures["files_looked_through"] = run.figures.get("files_looked_through", 0) + count


def remnants(run, ground, victims, *more):
    """[(place, what)]: wrapped keys, ciphertext and files of the erased, byte by byte in every file of data and keys."""
    folders = [ground.data, ground.keys, *more] + ([ground.cluster.home] if ground.cluster else [])
    needles = {
        spelt: f"{what} of {person.code}"
        for person in victims
        for what, value in person.kept.items()
        for spelt in (spellings(value) if what.startswith("wrapped") else [value[:40]])
    }
    run.figure("needles", len(needles))
    left = []
    for path in files_below(*folders):
        try:
            data = path.read_bytes()
        except OSError:
            continue  # PostgreSQL has just taken it away
        held = [f"{what}, at byte {data.find(spelt)} of {len(data)}" for spelt, what in needles.items() if spelt in data]
        if held:
            place = f"{path.parent.name}/{path.name}{f' ({relation_of(ground.cluster, path)})' if ground.cluster else ''}"
            left += [(place, what) for what in held]
    return left


def by_bytes(run, ground, victims, when, *more):
    for folder in (ground.data, ground.keys, *more, *([ground.cluster.home] if ground.cluster else [])):
        in_clear(run, folder, when, victims)
    for place, what in remnants(run, ground, victims, *more):
        run.find("bytes", f"{when}: {place} still holds a {what}")


async def clean(run, ground, victims):
    """What an operator does on PostgreSQL so that old row versions and old logs go. What a plain vacuum leaves is told; after a full one of
    the vault's tables nothing may be left. Then whatever was left is taken away, so that the rest of the run looks for more than that."""
    if not ground.cluster:
        return
    cluster = ground.cluster
    cluster.set(wal_recycle="off", min_wal_size="32MB")
    full = ["vacuum full vault.part", "vacuum full vault.data_key"]
    for steps in (["vacuum"], full, ["vacuum (full, analyze)", "vacuum full pg_statistic"]):
        for sql in steps + ["select pg_switch_wal()", "checkpoint", "select pg_switch_wal()", "checkpoint"]:
            await asyncio.to_thread(cluster.ask, sql)
        left = remnants(run, ground, victims)
        run.figures.setdefault("left_after", {})[steps[-1]] = left[:20]
        run.say(
            f"after `{steps[-1]}`: {len(left)} pieces of what was destroyed are left{': ' + ', '.join(sorted({place for place, _ in left})) if left else ''}"
        )
        for place, what in left if steps is full and not run.sabotage else []:
            run.find("left", f"after `{'; '.join(full)}`: {place} still holds a {what}")


def relation_of(cluster, path):
    number = re.match(r"\d+", path.name)
    if not number or path.parent.name == "pg_wal":
        return path.parent.name
    try:
        rows = cluster.ask(f"select relname from pg_class where pg_relation_filenode(oid) = {number[0]}")
    except Broken:
        return "?"
    return rows[0][0] if rows else "no relation"


def place_of(run, ground, name, keys):
    """A node elsewhere, that never signs: its folder, and on PostgreSQL a database of its own."""
    journal = None
    if ground.cluster:
        ground.cluster.ask(f"create database {name}", "postgres")
        journal = ground.cluster.url(database=name)
    return Node(run, name, run.folder / name, keys, journal=journal, options=["--signer=false"])


async def readable_with_key(run, ground, backup, safe, victims):
    """The backup from before tells everything as long as its keys are kept: what comes later is no accident."""
    keys = run.folder / "kept-keys"
    shutil.copytree(safe, keys)
    node = place_of(run, ground, "kept", keys)
    code, text = await run.motcua_aside("restore", "--verify", "--from", backup, *node.place())
    run.expect(code == 0, "restore", f"of the backup with its keys ends with {code}: {text[-300:]}")
    await node.start()
    for person in victims:
        told = await tracked(node, person)
        run.expect(person.name in told.lower(), "control", f"the backup with its keys does not tell {person.code}: {told[:300]}")
    await node.stop()


async def restored(run, ground, desk, backup, mirror, victims, others):
    """The machine is lost: the backup from before comes back, and from a mirror what was recorded since. It is destroyed again before anything is shown."""
    keys = run.folder / "again-keys"
    shutil.copytree(ground.keys, keys, ignore=shutil.ignore_patterns("signer.lock"))
    node = place_of(run, ground, "again", keys)
    for command in (["restore", "--verify", "--from", backup], ["recover", "--from-mirror", mirror]):
        code, text = await run.motcua_aside(*command, *node.place())
        run.expect(code == 0, "restore", f"{command[0]} ends with {code}: {text[-300:]}")
    await node.start()
    done = re.search(r"(\d+) erasure\(s\) carried out again", node.log_text())
    run.expect(done and int(done[1]) == len(victims), "replay", f"the restored node says {done[0] if done else node.log_text()[:300]}")
    await through_doors(run, node, desk, victims, "after a restore")
    await still_there(run, node, others, "after a restore")
    if not ground.cluster:
        by_bytes(run, ground, victims, "after a restore", node.data)
    await node.stop()
    code, text = await run.motcua_aside("verify", "--replay", *node.place())
    run.expect(code == 0, "verify", f"of the restored node ends with {code}: {text.strip()[-300:]}")
    look_for_panics(run, node)


async def key_destroyed(run, ground, desk, backup, safe, first, victims, others):
    """The wrapping key is changed and the one before destroyed, as the pages for operators tell: the backup tells nothing any more."""
    place = ground.node.place()
    run.must("vault", "rotate", *place)
    code, text = run.motcua("vault", "destroy-key", "w1", "--custodian", "keeper-1", "--custodian", "keeper-2", *place)
    run.expect(code != 0, "early", f"a key that kept backups are as old as is destroyed: {text[-200:]}")
    run.must("vault", "destroy-key", "w1", "--custodian", "keeper-1", "--custodian", "keeper-2", "--kept-days", "0", *place)
    run.must("backup", *place, "--to", run.folder / "later", "--keys-to", safe)
    run.expect(not (safe / "wrapping-1.key").exists(), "kept", "the copy of the keys still has the key that was destroyed")
    for path in files_below(ground.data, ground.keys, safe, run.folder / "later"):
        data = path.read_bytes()
        run.expect(not any(spelt in data for spelt in spellings(first.strip())), "kept", f"{path.name} holds the wrapping key that was destroyed")
    await still_there(run, ground.node, others, "after the key was destroyed")
    for person in victims:
        end, told = time.monotonic() + 30, ""
        while '"backupsUnreadableAt": "' not in told and time.monotonic() < end:  # another process recorded it
            told = await tracked(ground.node, person)
            await asyncio.sleep(0.1)
        run.expect('"backupsUnreadableAt": "' in told and not said(person, told), "certificate", f"{person.code}: {told[:400]}")
    keys = run.folder / "old-keys"
    shutil.copytree(ground.keys, keys, ignore=shutil.ignore_patterns("signer.lock"))
    if run.sabotage == "keys":
        (keys / "wrapping-1.key").write_bytes(first)
        (keys / "wrapping-1.key").chmod(0o600)
    node = place_of(run, ground, "old", keys)
    code, text = await run.motcua_aside("restore", "--from", backup, *node.place())
    serves = code == 0 and await node.serves()
    run.note(
        f"a backup whose key is destroyed: restore ends with {code}, {'serves' if serves else 'does not serve: ' + node.log_text().strip()[-200:] if code == 0 else text.strip()[-200:]}"
    )
    if serves:
        for person in victims:
            told = await tracked(node, person)
            run.expect(not said(person, told), "opened", f"a backup whose key is destroyed tells {person.code}: {told[:300]}")
            run.expect("UNAVAILABLE" in told or run.sabotage, "opened", f"a backup whose key is destroyed does not say UNAVAILABLE: {told[:300]}")
        await through_doors(run, node, desk, victims[:1], "from a backup whose key is destroyed")
        await node.stop()
    look_for_panics(run, node)


def put_back(ground, person):
    """Sabotage: a key and a ciphertext come back behind the program's back."""
    value = next(value for what, value in person.kept.items() if what.startswith("wrapped"))
    if ground.cluster:
        ground.cluster.ask(f"create table vault.left (b bytea); insert into vault.left values ('\\x{value.hex()}')")
        return
    with sqlite3.connect(ground.data / "vault.db", timeout=20) as base:
        base.execute("create table left_over (b blob)")
        base.execute("insert into left_over values (?)", (value,))
    base.close()
