"""R3: PostgreSQL restarted under load, and lost for good with a synchronous standby in its place."""

import asyncio
import time

from kit import Node, found
from load import Office
from postgres import Cluster
from proxy import Proxy
from r1_kill import conclude

AGAIN_MAX = 10.0


async def first_after(run, office, moment, limit, what):
    """Seconds from `moment` until a command is acknowledged."""
    while office.newest < moment:
        if time.monotonic() - moment > limit:
            run.find("slow", f"no command is acknowledged {limit:.0f} s after {what}")
            return time.monotonic() - moment
        await asyncio.sleep(0.01)
    return office.newest - moment


async def restart(run):
    """`pg_ctl stop -m immediate` under load, a random time down, and one time longer than a node tries by itself."""
    cluster = Cluster(run)
    data, keys = found(run, journal=cluster.url())
    node = Node(run, "node", data, keys, journal=cluster.url())
    await node.start()
    office = await Office.of(run, [node])
    await office.open(desks=8, patience=120)
    dice, took = run.random("moments"), []
    for number in range(1, run.rounds + 1):
        await asyncio.sleep(dice.uniform(0.5, 2))
        down = 18.0 if number == run.rounds else dice.uniform(0.1, 3)
        await asyncio.to_thread(cluster.stop, "immediate")
        await asyncio.sleep(down)
        await asyncio.to_thread(cluster.start)
        up = time.monotonic()
        if run.sabotage == "stuck":
            node.freeze()
        took.append(await first_after(run, office, up, AGAIN_MAX + 5, "PostgreSQL takes connections"))
        run.say(f"restart {number} of {run.rounds}: down {down:.1f} s, commands again {took[-1]:.2f} s after; {office.history.count()} acknowledged")
        run.expect(took[-1] <= AGAIN_MAX, "slow", f"commands again only {took[-1]:.1f} s after PostgreSQL takes connections")
        if run.findings:
            node.thaw()
            break
    await office.close()
    run.figure("restarts", len(took))
    run.figure("again_seconds_max", max(took))
    await conclude(run, office, [node], cluster)


async def by_proxy(run):
    await failover(run, by_hand=True)


async def by_itself(run):
    """An address with two servers: the node finds the new primary by itself."""
    await failover(run, by_hand=False)


def both(one, other):
    """`postgres://user@host:port,host:port/database`, as libpq writes it."""
    start, end = one.rsplit("/", 1)
    return f"{start},{other.rsplit('@', 1)[1].rsplit('/', 1)[0]}/{end}"


async def failover(run, by_hand):
    cluster = Cluster(run)
    data, keys = found(run, journal=cluster.url())
    standby = await asyncio.to_thread(cluster.standby)
    if run.sabotage != "asynchronous":
        cluster.set(synchronous_standby_names="standby", synchronous_commit="on")
    proxy = await Proxy(cluster.port).start()
    journal = cluster.url(proxy.port) if by_hand else both(cluster.url(), standby.url())
    node = Node(run, "node", data, keys, journal=journal)
    await node.start()
    office = await Office.of(run, [node])
    await office.open(desks=8, patience=120)
    await asyncio.sleep(2)
    if run.sabotage == "asynchronous":
        # The standby falls behind unnoticed, as it may when nobody waits for it.
        await asyncio.to_thread(standby.stop, "immediate")
        await asyncio.sleep(1.5)
    else:
        await without_standby(run, office, cluster, standby)
    if run.sabotage == "asynchronous":
        await asyncio.to_thread(cluster.kill)
        await asyncio.to_thread(standby.start)
    else:
        await asyncio.sleep(run.random("moment").uniform(0.5, 2))
        await asyncio.to_thread(cluster.kill)
    killed = time.monotonic()
    told = office.history.count()
    await asyncio.to_thread(cluster.promote, standby)
    promoted = time.monotonic()
    if by_hand:
        proxy.lead_to(standby.port)
    took = await first_after(run, office, promoted, 60, "the standby was promoted")
    run.say(f"primary killed after {told} acknowledged; standby promoted in {promoted - killed:.1f} s, commands again {took:.2f} s later")
    run.figure("acknowledged_before", told)
    run.figure("promotion_seconds", promoted - killed)
    run.figure("again_seconds", took)
    run.expect(took <= AGAIN_MAX, "slow", f"commands again only {took:.1f} s after the promotion")
    await asyncio.sleep(2)
    # With the newest facts gone the node rightly takes no command any more.
    await office.close(wait=90 if run.sabotage is None else 5)
    await conclude(run, office, [node], standby)
    proxy.close()


async def without_standby(run, office, cluster, standby):
    """While the standby is away nothing may be acknowledged: it would be on one machine only."""
    await asyncio.to_thread(standby.stop, "immediate")
    await asyncio.sleep(0.5)
    before = office.history.count()
    await asyncio.sleep(4)
    meanwhile = office.history.count() - before
    run.figure("acknowledged_without_standby", meanwhile)
    run.expect(meanwhile == 0, "asynchronous", f"{meanwhile} commands were acknowledged while the synchronous standby was away")
    await asyncio.to_thread(standby.start)
    back = time.monotonic()
    took = await first_after(run, office, back, 30, "the standby is back")
    run.say(f"standby away for 4 s: {meanwhile} acknowledged meanwhile, commands again {took:.2f} s after it is back")
    run.figure("after_standby_seconds", took)
