"""R9: far more than a node can do. Memory stays bounded, what is refused is refused fast, and afterwards all is as before."""

import asyncio
import collections
import statistics
import time

from http_line import Line, Lost
from kit import Node, found
from load import Office
from postgres import Cluster
from proxy import Proxy
from r1_kill import conclude

MEMORY_MAX = 1000.0  # megabytes above what it had, with LINES_MAX connections open
FAST = 1.0           # seconds for a refusal
LINES_MAX = 6000


class Crowd:
    """Offers commands at a rate, whether the earlier ones were answered or not."""

    def __init__(self, run, office, node):
        self.run, self.office, self.node = run, office, node
        self.idle, self.busy, self.tasks = [], 0, set()
        self.answers = collections.Counter()
        self.times = collections.defaultdict(list)
        self.retry_after = collections.Counter()
        self.held_back = 0
        self.patience = 20

    async def one(self):
        line = self.idle.pop() if self.idle else Line()
        act, begun = self.office.act("accept"), time.monotonic()
        act.sent = act.last_sent = begun
        act.tries = 1
        try:
            status, headers, told = await line.post(self.node.port, act.body, self.office.tokens["receiver"], timeout=self.patience)
            what = self.judge(act, status, told)
            if what not in ("done", "refused"):
                self.retry_after[what] += "retry-after" in headers
            self.idle.append(line)
        except Lost:
            what = "no answer"
        self.answers[what] += 1
        self.times[what].append(time.monotonic() - begun)
        self.busy -= 1

    def judge(self, act, status, told):
        payload = ((told or {}).get("data") or {}).get("done")
        if payload is None:
            return (told or {}).get("errors", [{}])[0].get("extensions", {}).get("code", f"HTTP {status}")
        if payload["errors"]:
            return payload["errors"][0]["code"]
        act.told, act.position, act.code = time.monotonic(), int(payload["position"]), payload["code"]
        return "done"

    async def offer(self, rate, seconds):
        """Returns the rate that was really offered."""
        begun, sent = time.monotonic(), 0
        while (now := time.monotonic() - begun) < seconds:
            due = int(now * rate)
            while sent < due:
                sent += 1
                if self.busy >= LINES_MAX:
                    self.held_back += 1
                    continue
                self.busy += 1
                task = asyncio.create_task(self.one())
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
            await asyncio.sleep(0.005)
        return (sent - self.held_back) / (time.monotonic() - begun)

    async def closed(self, clients, seconds, warm=1):
        """What the node does with `clients` that wait for each answer: acknowledged a second, once it runs."""
        end = time.monotonic() + warm + seconds
        async def client():
            while time.monotonic() < end:
                self.busy += 1
                await self.one()
        asking = [asyncio.create_task(client()) for _ in range(clients)]
        await asyncio.sleep(warm)
        before = self.answers["done"]
        await asyncio.sleep(seconds)
        done = self.answers["done"] - before
        await asyncio.gather(*asking)
        return done / seconds

    async def drain(self):
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=30)

    def forget(self):
        self.answers.clear(), self.times.clear(), self.retry_after.clear()
        self.held_back = 0


async def watch(node, peak, samples):
    while True:
        samples.append(node.memory())
        peak[0] = max(peak[0], samples[-1])
        await asyncio.sleep(0.2)


async def embedded(run):
    """SQLite: as much as one process can offer on this machine."""
    data, keys = found(run)
    await overload(run, Node(run, "node", data, keys), None, 48)


async def slow_journal(run):
    """PostgreSQL over a line of 150 ms each way: so slow that ten times as much can be offered."""
    cluster = Cluster(run)
    data, keys = found(run, journal=cluster.url())
    proxy = await Proxy(cluster.port).start()
    node = Node(run, "node", data, keys, journal=cluster.url(proxy.port))
    await node.start()
    proxy.delay = 0.15
    await overload(run, node, cluster, 600, proxy)
    proxy.close()


async def overload(run, node, cluster, clients, proxy=None):
    if not node.alive():
        await node.start()
    office = await Office.of(run, [node], follow_ups=False)
    crowd = Crowd(run, office, node)
    sustainable = await (crowd.closed(clients, 5) if proxy is None else crowd.closed(clients, 15, warm=8))
    quiet = statistics.median(crowd.times["done"])
    calm = node.memory()
    run.say(f"sustainable: {sustainable:.0f} acknowledged a second with {clients} clients, median {quiet * 1000:.0f} ms, {calm:.0f} MB")
    crowd.forget()
    peak, samples = [calm], []
    watching = asyncio.create_task(watch(node, peak, samples))
    seconds = 60 if run.long else 15
    offered = await crowd.offer(sustainable * 10, seconds)
    await crowd.drain()
    watching.cancel()
    report(run, crowd, offered, seconds, sustainable)
    run.say(f"offered {offered:.0f} a second, {offered / sustainable:.1f} times as much; {crowd.held_back} held back by the test")
    run.say(f"memory {calm:.0f} MB before, {peak[0]:.0f} MB at most, {node.memory():.0f} MB after")
    run.figure("sustainable_a_second", sustainable)
    run.figure("offered_a_second", offered)
    run.figure("memory_mb_before", calm)
    run.figure("memory_mb_peak", peak[0])
    run.expect(peak[0] - calm < MEMORY_MAX, "memory", f"{peak[0] - calm:.0f} MB more under overload")
    run.expect(node.alive(), "ended", "the node ended")
    if run.sabotage == "stuck":
        node.freeze()
        crowd.patience = 3
    await recovery(run, crowd, node, clients, sustainable, quiet)
    node.thaw()
    if proxy is None:
        await limited(run, node, office)
    else:
        proxy.delay = 0.0
    await conclude(run, office, [node], cluster)


def report(run, crowd, offered, seconds, sustainable):
    run.figure("answers", dict(crowd.answers))
    run.figure("held_back_by_the_test", crowd.held_back)
    run.figure("offered_times_sustainable", offered / sustainable)
    for what, times in sorted(crowd.times.items()):
        times.sort()
        p99 = times[int(len(times) * 0.99)]
        run.figure(f"{what}_p50_p99_seconds", [round(times[len(times) // 2], 3), round(p99, 3)])
        run.say(f"{what}: {len(times)}, median {times[len(times) // 2]:.2f} s, p99 {p99:.2f} s, {crowd.retry_after[what]} with Retry-After")
    refusals = {what: times for what, times in crowd.times.items() if what not in ("done", "no answer", "TIMEOUT")}
    run.figure("refusals", sum(map(len, refusals.values())))
    run.figure("refusals_with_retry_after", sum(crowd.retry_after[what] for what in refusals))
    for what, times in refusals.items():
        if times[len(times) // 2] > FAST:
            run.note(f"{what} is answered only after {times[len(times) // 2]:.1f} s in the median")
        if not crowd.retry_after[what]:
            run.note(f"{what} comes without Retry-After")
    if not refusals:
        run.note("nothing is refused under overload: requests wait, up to the time limit of 10 s")
    if crowd.answers["TIMEOUT"]:
        run.note(f"{crowd.answers['TIMEOUT']} commands were answered TIMEOUT after ten seconds")
    if crowd.answers["no answer"]:
        run.note(f"{crowd.answers['no answer']} requests got no answer within 20 s, or their connection was closed")


async def recovery(run, crowd, node, clients, sustainable, quiet):
    """The crowd is gone: within ten seconds one client is answered as before, and the rate comes back."""
    crowd.forget()
    begun = time.monotonic()
    while time.monotonic() - begun < (180 if run.sabotage is None else 12):
        crowd.busy += 1
        await crowd.one()
        if crowd.answers["done"] and crowd.times["done"][-1] < max(0.25, 5 * quiet):
            break
    took = time.monotonic() - begun
    if run.sabotage:
        node.thaw()
    run.expect(took < 10, "stuck", f"a single client waits as in the crowd {took:.0f} s after it is gone")
    crowd.forget()
    rate = await (crowd.closed(clients, 5) if clients < 100 else crowd.closed(clients, 15, warm=8))
    run.figure("recovered_after_seconds", took)
    run.figure("rate_after", rate)
    run.expect(rate > 0.6 * sustainable, "stuck", f"{rate:.0f} a second after the crowd, {sustainable:.0f} before")
    run.say(f"recovered after {took:.2f} s; {rate:.0f} a second again")


async def limited(run, node, office):
    """A limit of 500 points a second for a token, a tenth of the usual one: who asks too fast is refused with Retry-After."""
    await node.stop()
    usual = Node(run, "usual", node.data, node.keys, journal=node.journal, options=["--rate-token", "500"], limited=True)
    await usual.start()
    crowd = Crowd(run, office, usual)
    await crowd.closed(64, 12 if run.long else 8)
    refused = crowd.times.get("RATE_LIMITED", [])
    run.figure("rate_limited", len(refused))
    run.figure("rate_limited_with_retry_after", crowd.retry_after["RATE_LIMITED"])
    if refused:
        run.say(f"500 points a second, one token: {crowd.answers['done']} done, {len(refused)} RATE_LIMITED, "
                f"median {statistics.median(refused) * 1000:.1f} ms, "
                f"{crowd.retry_after['RATE_LIMITED']} with Retry-After")
        run.expect(crowd.retry_after["RATE_LIMITED"] == len(refused), "header", "RATE_LIMITED without Retry-After")
        run.expect(statistics.median(refused) < FAST, "slow", f"RATE_LIMITED after {statistics.median(refused):.1f} s")
    else:
        run.find("limit", f"one token was not limited ({crowd.answers['done']} commands done)")
    await usual.stop()
    await node.start()
