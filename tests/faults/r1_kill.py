"""R1: `kill -9` at random moments under load. What was acknowledged is there once, whole, and sent again it is told the same."""

import asyncio
import shutil
import time

import oracle
import sabotage
from kit import Node, found, look_for_panics
from load import Office
from postgres import Cluster


async def sqlite(run):
    data, keys = found(run)
    node = Node(run, "node", data, keys)
    await rounds(run, node, None)


async def postgres(run):
    cluster = Cluster(run)
    data, keys = found(run, journal=cluster.url())
    node = Node(run, "node", data, keys, journal=cluster.url())
    await rounds(run, node, cluster)


def journal_of(run, data, cluster):
    """The journal as it lies on disk now, also when nobody has it open."""
    if cluster:
        return oracle.from_postgres(cluster)
    copy = copied(run, data, "look")
    try:
        return oracle.from_sqlite(copy / "journal.db")
    finally:
        shutil.rmtree(copy)


def copied(run, data, name):
    """A folder with a copy of the embedded journal alone, its write-ahead log with it."""
    copy = run.folder / name
    copy.mkdir()
    for file in data.glob("journal.db*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, copy / file.name)
    return copy


async def rounds(run, node, cluster):
    dice = run.random("moments")
    await node.start()
    office = await Office.of(run, [node])
    await office.open(desks=8)
    slowest, kills, before = 0.0, 0, 0
    for number in range(1, run.rounds + 1):
        await asyncio.sleep(dice.uniform(0.2, 1.4))
        node.kill()
        kills += 1
        # Nothing awaits between the kill and the look, so nothing is acknowledged in between.
        quick_look(run, office.history, *journal_index(run, node.data, cluster))
        if run.findings:
            break
        slowest = max(slowest, await node.start())
        if number % max(1, run.rounds // 10) == 0 or number == run.rounds:
            acknowledged = office.history.count()
            run.say(f"kill {number} of {run.rounds}: {acknowledged} acknowledged (+{acknowledged - before}), node again after {slowest:.2f} s at most")
            before = acknowledged
    await office.close()
    run.figure("kills", kills)
    run.figure("restart_seconds_max", slowest)
    await conclude(run, office, [node], cluster)


def journal_index(run, data, cluster, live=False):
    """(size, newest position, commands): enough for a look after every kill."""
    if cluster:
        (size, newest), = cluster.ask("select count(*), coalesce(max(position), -1) from journal.entry")
        return int(size), int(newest), {row[0]: (int(row[1]), int(row[2])) for row in cluster.ask("select id, position, entries from journal.command")}
    if live:
        return oracle.index_from_sqlite(data / "journal.db")
    copy = copied(run, data, "look")
    try:
        return oracle.index_from_sqlite(copy / "journal.db")
    finally:
        shutil.rmtree(copy)


def quick_look(run, history, size, newest, commands):
    run.expect(size == newest + 1, "gap", f"{size} facts up to position {newest}")
    for act in history.acknowledged:
        expected = (act.position, len(oracle.FACTS[act.kind]))
        run.expect(commands.get(act.command) == expected, "lost", f"{act.kind} {act.command} was told {expected}, the journal has {commands.get(act.command)}")


async def conclude(run, office, nodes, cluster, keep_proxies=None):
    """The end of every scenario on a whole journal: all the oracle's checks, `verify --replay`, and read models anew."""
    history = office.history
    again = await office.send_all_again()
    for node in nodes:
        await node.stop()
    await sabotage.apply(run, office, nodes, cluster)
    begun = time.monotonic()
    entries, commands = journal_of(run, nodes[0].data, cluster)
    lost = await asyncio.to_thread(oracle.check_all, run, entries, commands, history)
    oracle.check_parts(run, entries, oracle.parts_of(nodes[0].data, cluster))
    run.figure("commands", len(history.acts))
    run.figure("acknowledged", history.count())
    run.figure("refused", sum(act.refused is not None for act in history.acts))
    run.figure("unknown", sum(act.told is None for act in history.acts))
    run.figure("sent_again_after_ack", history.again)
    run.figure("tries", sum(act.tries for act in history.acts))
    run.figure("passing_answers", dict(history.codes))
    run.figure("facts", len(entries))
    run.figure("lost", lost)
    run.say(f"{history.count()} acknowledged of {len(history.acts)} commands, {len(entries)} facts, {again} sent again at the end;"
            f" checked in {time.monotonic() - begun:.1f} s")
    await read_models(run, nodes, cluster)
    look_for_panics(run, *nodes)


async def read_models(run, nodes, cluster):
    """Every node's rows are what the journal gives: by `verify --replay`, and held against a rebuild elsewhere by us."""
    for node in nodes:
        code, text = await run.motcua_aside("verify", "--replay", *node.place(), timeout=600)
        run.expect(code == 0, "verify", f"{node.name}: verify --replay ends with {code}: {' / '.join(text.strip().splitlines()[-4:])[:500]}")
    fresh = run.folder / "fresh"
    if cluster:
        fresh.mkdir()
        where = ["--journal", cluster.url()]
    else:
        copied(run, nodes[0].data, "fresh")
        where = []
    code, text = await run.motcua_aside("rebuild", "--data", fresh, "--keys", nodes[0].keys, *where, timeout=600)
    run.expect(code == 0, "rebuild", text[-300:])
    rows = 0
    for node in nodes:
        rows += await asyncio.to_thread(oracle.compare_rows, run, oracle.read_file(fresh), oracle.read_file(node.data), node.name)
    run.figure("rows_compared", rows)
