"""R2: several nodes on one PostgreSQL, each over a line that breaks; nodes killed and frozen; clocks that are wrong."""

import asyncio
import time

from http_line import Line, ready
from kit import Node, faketime, found
from load import Office
from postgres import Cluster, shifted
from proxy import Proxy
from r1_kill import conclude

FROZEN = 10.0
# A node that stops with the lock is cut off by PostgreSQL after 2 s; then the next one has to get through.
STANDSTILL_MAX = 5.0
BACK_MAX = 30.0


async def two(run):
    await faults(run, 2)


async def four(run):
    await faults(run, 4)


async def nodes_of(run, cluster, count, late=None):
    """`count` nodes with keys in common, each over a line of its own; the node `late` has a clock 5 s ahead."""
    data, keys = found(run, journal=cluster.url())
    proxies = [await Proxy(cluster.port).start() for _ in range(count)]
    nodes = []
    for number, proxy in enumerate(proxies):
        nodes.append(Node(run, f"node-{number}", data if number == 0 else run.folder / f"node-{number}", keys, cluster.url(proxy.port),
                          environment=faketime("+5s") if number == late else {}, options=["--signer"] if number == 0 else []))
    for node in nodes:
        await node.start()
    return nodes, proxies


async def probe(office, node, until):
    """Commands to one node, one after the other: the longest that one took."""
    line, longest = Line(), 0.0
    while time.monotonic() < until:
        act, begun = office.act("accept"), time.monotonic()
        while not await office.send(act, line, node) and time.monotonic() < until + 10:
            await asyncio.sleep(0.05)
        longest = max(longest, time.monotonic() - begun)
        await asyncio.sleep(0.02)
    line.close()
    return longest


async def holds_lock(cluster, proxy):
    """Whether a writer over this line stands in the middle of a transaction."""
    ports = ",".join(map(str, proxy.ports())) or "0"
    (count,), = await asyncio.to_thread(
        cluster.ask, "select count(*) from pg_stat_activity a join pg_locks l on l.pid = a.pid and l.relation = 'journal.lock'::regclass"
        f" and l.mode = 'RowShareLock' and l.granted where a.client_port in ({ports}) and a.state like 'idle in transaction%'"
        " and clock_timestamp() - a.state_change > '30 ms'")
    return count != "0"


async def freeze_with_lock(run, cluster, node, proxy, dice):
    """Stops the node while it holds the journal's lock; tries until it does."""
    for _ in range(80):
        await asyncio.sleep(dice.uniform(0.0, 0.08))
        node.freeze()
        await asyncio.sleep(0.04)
        if await holds_lock(cluster, proxy):
            return True
        node.thaw()
    return False


async def frozen(run, office, cluster, nodes, proxies, number, dice):
    held = await freeze_with_lock(run, cluster, nodes[number], proxies[number], dice)
    if not held:
        nodes[number].freeze()
    until = time.monotonic() + FROZEN
    longest = max(await asyncio.gather(*(probe(office, node, until) for node in nodes if node is not nodes[number])))
    nodes[number].thaw()
    run.figures.setdefault("standstill_seconds", []).append(round(longest, 2))
    run.figures["frozen_with_lock"] = run.figures.get("frozen_with_lock", 0) + held
    run.expect(longest < STANDSTILL_MAX, "standstill", f"node-{number} frozen {'with' if held else 'without'} the lock: another waited {longest:.1f} s")
    return f"node-{number} frozen for {FROZEN:.0f} s {'with the lock' if held else 'without the lock'}; the others waited {longest:.1f} s at most"


async def back(run, office, node, what):
    """The node takes a command again."""
    line, act, begun = Line(), office.act("accept"), time.monotonic()
    while not await office.send(act, line, node):
        if time.monotonic() - begun > (150 if run.long else BACK_MAX):
            run.find("hang", f"{node.name} takes no command {time.monotonic() - begun:.0f} s after {what}: {act.answers[-3:]}")
            break
        await asyncio.sleep(0.05)
    line.close()
    return time.monotonic() - begun


async def one_fault(run, office, cluster, nodes, proxies, kind, dice):
    number = dice.randrange(len(nodes))
    node, proxy = nodes[number], proxies[number]
    if kind == "freeze":
        return await frozen(run, office, cluster, nodes, proxies, number, dice)
    if kind == "kill":
        node.kill()
        await asyncio.sleep(dice.uniform(0.1, 1.5))
        took = await node.start()
        return f"node-{number} killed, again after {took:.1f} s"
    if kind == "cut":
        for _ in range(5):
            proxy.cut()
            await asyncio.sleep(dice.uniform(0.05, 0.4))
        what = f"the line of node-{number} cut five times"
    elif kind == "slow":
        proxy.delay = dice.uniform(0.02, 0.2)
        await asyncio.sleep(2)
        what, proxy.delay = f"the line of node-{number} slower by {proxy.delay * 1000:.0f} ms", 0.0
    else:
        seconds = dice.uniform(3, 8)
        await proxy.silent(seconds)
        what = f"the line of node-{number} silent for {seconds:.1f} s"
    return f"{what}; a command {await back(run, office, node, what):.2f} s later"


async def faults(run, count):
    cluster = Cluster(run)
    nodes, proxies = await nodes_of(run, cluster, count, late=count - 1)
    office = await Office.of(run, nodes)
    await office.open(desks=12)
    dice = run.random("faults")
    kinds = []
    while len(kinds) < run.rounds:
        kinds += dice.sample(["kill", "freeze", "cut", "slow", "silent"], 5)
    for number, kind in enumerate(kinds[:run.rounds], 1):
        await asyncio.sleep(dice.uniform(0.2, 1.0))
        told = await one_fault(run, office, cluster, nodes, proxies, kind, dice)
        run.say(f"fault {number} of {run.rounds}: {told}; {office.history.count()} acknowledged")
        if run.findings:
            break
    await office.close()
    run.figure("nodes", count)
    run.figure("faults", run.rounds)
    run.figure("connections_cut", sum(proxy.cuts for proxy in proxies))
    await same_height(run, nodes)
    await conclude(run, office, nodes, cluster)
    for proxy in proxies:
        proxy.close()


async def same_height(run, nodes, wait=20):
    """All nodes show the same size before their rows are compared."""
    query = b'{"query": "{ journal { visibleSize } }"}'
    end = time.monotonic() + wait
    while True:
        sizes = []
        for node in nodes:
            line = Line()
            status, _, told = await line.post(node.port, query, "")
            line.close()
            sizes.append(told["data"]["journal"]["visibleSize"] if status == 200 and told and told.get("data") else None)
        if len(set(sizes)) == 1 and sizes[0] is not None:
            return
        if time.monotonic() > end:
            run.find("behind", f"the nodes do not come to show the same: {sizes}")
            return
        await asyncio.sleep(0.2)


async def vanish(run):
    """PostgreSQL's end of every connection is gone and the node hears nothing: no FIN, no RST. New connections are taken."""
    cluster = Cluster(run)
    nodes, proxies = await nodes_of(run, cluster, 1)
    office = await Office.of(run, nodes)
    await office.open(desks=6, patience=90)
    await asyncio.sleep(2)
    proxies[0].forget()
    if run.sabotage == "stuck":
        nodes[0].freeze()
    took = await back(run, office, nodes[0], "its connections vanished without a word")
    run.figure("back_seconds", took)
    if run.findings and not run.sabotage:
        run.note(f"meanwhile /readyz answers: {await ready(nodes[0].port)}")
    run.say(f"{'still no command' if run.findings else 'a command'} is taken {took:.1f} s after the connections vanished")
    if run.findings:
        nodes[0].kill()
        await nodes[0].start()
    await office.close()
    await conclude(run, office, nodes, cluster)
    proxies[0].close()


async def clock(run):
    """PostgreSQL's clock a day ahead, then right again: what the program does, and that the record's clock never runs back."""
    cluster = Cluster(run)
    nodes, proxies = await nodes_of(run, cluster, 2)
    office = await Office.of(run, nodes)
    await office.open(desks=6)
    stamps = "select max(recorded_at) - (extract(epoch from now()) * 1000000)::bigint from journal.entry"
    await asyncio.sleep(2)
    before = office.history.count()
    await asyncio.to_thread(shifted, cluster, faketime("+1d") if run.sabotage != "clock" else None)
    await asyncio.sleep(4)
    ahead_count = office.history.count() - before
    run.say(f"PostgreSQL a day ahead: {ahead_count} commands acknowledged meanwhile")
    await asyncio.to_thread(shifted, cluster, None)
    (ahead,), = await asyncio.to_thread(cluster.ask, stamps)
    ahead = int(ahead) / 1e6
    await asyncio.sleep(3)
    run.figure("acknowledged_while_ahead", ahead_count)
    run.figure("newest_fact_ahead_seconds", round(ahead))
    run.expect(ahead < 60, "stamped", f"the newest fact is {ahead / 3600:.0f} h ahead")
    run.expect(office.history.codes.get("CLOCKS_APART"), "words", "nobody was told that the clocks are apart")
    code, text = await run.motcua_aside("doctor", *nodes[0].place())
    flagged = "ahead of this machine's clock" in text
    run.figure("doctor_flags_it", flagged)
    run.expect(flagged or ahead < 60, "silent", "doctor does not say that the newest fact lies in the future")
    warned = any("clock" in line and ("WARN" in line or "ERROR" in line) for node in nodes for line in node.log_text().splitlines())
    run.figure("node_warns", warned)
    await office.close()
    await same_height(run, nodes)
    await conclude(run, office, nodes, cluster)
    for proxy in proxies:
        proxy.close()


async def linear(run):
    """No faults: many desks fight for few dossiers on two nodes, and the order is checked."""
    cluster = Cluster(run)
    nodes, proxies = await nodes_of(run, cluster, 2)
    office = await Office.of(run, nodes)
    await office.open(desks=16)
    await asyncio.sleep(60 if run.long else 8)
    await office.close()
    await same_height(run, nodes)
    run.figure("lost_races", sum(act.refused == "CONFLICT" for act in office.history.acts))
    await conclude(run, office, nodes, cluster)
    for proxy in proxies:
        proxy.close()
