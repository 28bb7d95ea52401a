"""A restore drill: backups beside an office at work, the machine wiped, the office open again elsewhere."""

import asyncio
import json
import shutil
import sqlite3
import time

import oracle
from kit import Node, found
from load import Office
from postgres import Cluster
from r1_kill import conclude


async def sqlite(run):
    await drill(run, None, None)


async def postgres(run):
    await drill(run, Cluster(run), Cluster(run))


async def across(run):
    """From an embedded journal to PostgreSQL: the same backup, another kind of database."""
    await drill(run, None, Cluster(run))


async def drill(run, cluster, other):
    where = cluster.url() if cluster else None
    data, keys = found(run, journal=where)
    node = Node(run, "node", data, keys, journal=where, options=["--signer"])
    await node.start()
    office = await Office.of(run, [node])
    await office.open(desks=6)
    backup, safe, took = run.folder / "backup", run.folder / "safe", []
    for _ in range(3):
        await asyncio.sleep(1.5)
        begun = time.monotonic()
        code, text = await run.motcua_aside("backup", *node.place(), "--to", backup, "--keys-to", safe)
        took.append(time.monotonic() - begun)
        run.expect(code == 0, "backup", f"ends with {code}: {text[-300:]}")
    await asyncio.sleep(0.5)
    node.kill()
    await office.leave()
    size = json.loads((backup / "backup.json").read_text())["size"]
    history = office.history
    whole = [act for act in history.acknowledged if act.position + len(oracle.FACTS[act.kind]) <= size]
    run.figure("backup_seconds_max", max(took))
    run.figure("after_the_backup", history.count() - len(whole))

    shutil.rmtree(data)
    shutil.rmtree(keys)
    if cluster:
        await asyncio.to_thread(cluster.kill)
    if run.sabotage == "rot":
        with sqlite3.connect(backup / "vault.db") as vault:
            vault.execute("update part set sealed = zeroblob(length(sealed)) where rowid = 1")
        vault.close()
    begun = time.monotonic()
    place = ["--data", run.folder / "again", "--keys", safe, *(["--journal", other.url()] if other else [])]
    code, text = await run.motcua_aside("restore", "--verify", "--from", backup, *place)
    if not run.expect(code == 0, "restore", f"ends with {code}: {text[-300:]}"):
        return
    code, text = await run.motcua_aside("signer", "adopt", *place)
    run.expect(code == 0, "adopt", f"ends with {code}: {text[-300:]}")
    again = Node(run, "again", run.folder / "again", safe, journal=other.url() if other else None, options=["--signer"])
    await again.start()
    run.figure("restore_seconds", time.monotonic() - begun)
    run.say(f"{size} facts of {len(whole)} acknowledged commands restored, verified and served in {time.monotonic() - begun:.1f} s;"
            f" {history.count() - len(whole)} acknowledged after the last backup")

    new = await Office.of(run, [again], what="after")
    # What came after the backup is gone with the machine: a mirror or a standby is against that.
    new.history.acts = whole if run.sabotage != "unsent" else history.acknowledged
    await new.open(desks=4)
    await asyncio.sleep(2)
    await new.close()
    await conclude(run, new, [again], other)
