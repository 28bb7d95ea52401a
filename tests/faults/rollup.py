"""Three provinces' journals on NATS JetStream, and one national node that follows them: NATS, the national node and a publisher
are killed mid-way. What it answers in the end is the sum of what the provinces answer, with nothing missing and nothing twice."""

import asyncio
import json
import subprocess
import urllib.request

from http_line import Line
from kit import Broken, Node, ends_with_us, found, free_port, look_for_panics, need
from load import Office
from postgres import Cluster

PROVINCES = {"H38": "H38.40.01", "H39": "H39.40.01", "H40": "H40.40.01"}
COUNTS = """received { online direct carriedOver total } settled { early onTime late undated total } closed { total }
            pending { inTime overdue undated total } settledByOriginal { total } balanced earlyAndOnTimeRate { numerator denominator }"""
PERIOD = 'from: "2026-01-01", to: "2099-12-31"'


class Nats:
    """Debian's server, with JetStream on disk and the users of docs/operate/many-journals.md; killed and started again on the same
    port and folder."""

    def __init__(self, run):
        need("nats-server", "nats-server")
        self.run, self.port, self.watch = run, free_port(), free_port()
        self.folder = run.folder / "nats"
        self.secret = "một cửa".encode().hex()
        self.process = None
        self.starts = 0
        run.on_close(self.kill)

    async def start(self):
        self.starts += 1
        log = (self.run.folder / f"nats-{self.starts}.log").open("w")
        self.process = subprocess.Popen(
            ["nats-server", "-c", str(self.settings())],
            stdout=log, stderr=subprocess.STDOUT, preexec_fn=ends_with_us)
        for _ in range(200):
            if self.streams() is not None:
                return
            await asyncio.sleep(0.05)
        raise Broken("nats-server does not answer")

    def settings(self):
        """What each may: an office its own two streams, the capital to read."""
        def user(name, *allowed):
            publish = ", ".join(json.dumps(subject) for subject in allowed)
            return f'{{ user: {name}, password: "{self.secret}", permissions: {{ publish: [{publish}], subscribe: ["_INBOX.>"] }} }}'
        users = [user("capital", "$JS.API.STREAM.MSG.GET.>", "$JS.API.CONSUMER.>")]
        for name in PROVINCES:
            asked = [f"$JS.API.STREAM.{what}.{stream}" for stream in (name, f"{name}-checkpoints") for what in ("INFO", "CREATE", "MSG.GET")]
            users.append(user(name.lower(), f"motcua.{name}.>", *asked))
        file = self.run.folder / "nats.conf"
        file.write_text(f'listen: "127.0.0.1:{self.port}"\nhttp: "127.0.0.1:{self.watch}"\njetstream {{ store_dir: "{self.folder}" }}\n'
                        f'accounts {{ MOTCUA {{ jetstream: enabled, users: [ {", ".join(users)} ] }} }}\n')
        return file

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def streams(self):
        """Name → (messages, last sequence); none while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.watch}/jsz?streams=true&accounts=true", timeout=5) as answer:
                told = json.load(answer)
        except (OSError, ValueError):
            return None
        accounts = told.get("account_details") or []
        streams = [stream for account in accounts for stream in account.get("stream_detail") or []]
        return {stream["name"]: (stream["state"]["messages"], stream["state"]["last_seq"]) for stream in streams}

    def address(self, name, user):
        return f"nats://{user}:{self.secret}@127.0.0.1:{self.port}/{name}"


class Capital(Node):
    """`motcua rollup` over all of them."""

    def __init__(self, run, addresses):
        super().__init__(run, "capital", run.folder / "capital", run.folder / "capital-keys")
        self.members = [f"{name}={address}" for name, address in addresses.items()]

    def arguments(self):
        return ["rollup", "--listen", "127.0.0.1:0", *self.limits, *self.place(), *self.members]


async def ask(node, document, path="/graphql", **variables):
    def asked():
        body = json.dumps({"query": document, "variables": variables}).encode()
        question = urllib.request.Request(f"http://127.0.0.1:{node.port}{path}", body, {"content-type": "application/json"})
        with urllib.request.urlopen(question, timeout=30) as answer:
            return json.load(answer)
    told = await asyncio.to_thread(asked)
    if told.get("errors"):
        raise Broken(f"{node.name}: {told['errors']}")
    return told["data"]


async def head(node):
    return int((await ask(node, f"{{ statistics({PERIOD}) {{ size }} }}"))["statistics"]["size"])


async def members(capital):
    told = await ask(capital, "{ members { name origin size proved failure { code message } ended graphql } }")
    return {member["name"]: member for member in told["members"]}


def added(counts):
    """The counts of all, added up number by number."""
    first, *others = counts
    if isinstance(first, dict):
        return {key: added([one[key] for one in counts]) for key in first}
    return all(counts) if isinstance(first, bool) else sum(counts)


async def country(run):
    nats = Nats(run)
    await nats.start()
    cluster = Cluster(run)
    provinces, offices = {}, {}
    for name, office in PROVINCES.items():
        journal = cluster.url() if name == "H40" else None
        data, keys = found(run, name, journal, office)
        option = ["--nats", nats.address(name, name.lower())]
        # One of them has two nodes, and both publish.
        nodes = [Node(run, f"{name}-{n}", data if n == 0 else run.folder / f"{name}-other", keys, journal,
                      options=option + (["--signer"] if journal and n == 0 else []), office=office) for n in range(2 if journal else 1)]
        for node in nodes:
            await node.start()
        provinces[name] = nodes
        offices[name] = await Office.of(run, nodes, name)
    capital = Capital(run, {name: nats.address(name, "capital") for name in provinces})
    await capital.start()
    for office in offices.values():
        await office.open(desks=3)

    time = 12 if run.long else 3
    await asyncio.sleep(time)
    run.say("NATS is killed")
    nats.kill()
    taken = sum(office.history.count() for office in offices.values())
    await asyncio.sleep(time)
    during = sum(office.history.count() for office in offices.values()) - taken
    run.figure("acknowledged_without_nats", during)
    run.expect(during > 0, "stuck", "nothing was accepted while NATS was away")
    await nats.start()
    await asyncio.sleep(time)
    run.say("the national node and one that publishes are killed")
    capital.kill()
    provinces["H39"][0].kill()
    await asyncio.sleep(0.5)
    await provinces["H39"][0].start()
    await capital.start()
    await asyncio.sleep(time)
    for office in offices.values():
        await office.close()
    run.figure("acknowledged", sum(office.history.count() for office in offices.values()))
    await break_something(run, nats, provinces)

    sizes = await even(run, capital, provinces)
    run.figure("facts", sum(sizes.values()))
    streams = nats.streams()
    for name, size in sizes.items():
        run.expect(streams.get(name) == (size, size), "stream", f"{name} has {size} facts, its stream holds {streams.get(name)}")
    await same_figures(run, capital, provinces)
    await every_dossier(run, capital, offices)
    await same_bytes(run, capital, provinces)
    everyone = [capital, *(node for nodes in provinces.values() for node in nodes)]
    for node in everyone:
        told = any(nats.secret in log.read_text(errors="replace") for log in node.logs)
        run.expect(not told, "secret", f"{node.name} shows NATS's password in its log")
    look_for_panics(run, capital, *(node for nodes in provinces.values() for node in nodes))


async def break_something(run, nats, provinces):
    if run.sabotage == "foreign":
        # Somebody else's message in a province's stream.
        stranger = await asyncio.open_connection("127.0.0.1", nats.port)
        who = json.dumps({"user": "h38", "pass": nats.secret, "verbose": False})
        stranger[1].write(f"CONNECT {who}\r\nPUB motcua.H38.fact 2\r\n{{}}\r\nPING\r\n".encode())
        await stranger[1].drain()
        await asyncio.sleep(1)
        stranger[1].close()
    if run.sabotage == "unfollowed":
        nats.kill()
        office = await Office.of(run, provinces["H38"], "more", follow_ups=False)
        line = Line()
        await office.until_answered(office.act("accept"), line, run.random("more"), 20)
        line.close()


async def even(run, capital, provinces, wait=60):
    """Waits until the national node has proved all that the provinces have recorded; how much that is."""
    sizes, there = {}, {}
    for _ in range(wait * 5):
        sizes = {name: await head(nodes[0]) for name, nodes in provinces.items()}
        there = await members(capital)
        if all(int(there[name]["proved"]) == int(there[name]["size"]) == size for name, size in sizes.items()):
            return sizes
        await asyncio.sleep(0.2)
    run.find("sum", f"after {wait} s the provinces have {sizes}, the national node "
             f"{ {name: (one['size'], one['proved'], one['failure']) for name, one in there.items()} }")
    return sizes


async def same_figures(run, capital, provinces):
    own = {}
    for name, nodes in provinces.items():
        own[name] = (await ask(nodes[0], f"{{ statistics({PERIOD}) {{ {COUNTS} }} }}"))["statistics"]
    told = await ask(capital, f"{{ statistics({PERIOD}) {{ complete total {{ {COUNTS} }} members {{ member {COUNTS} }} }} }}")
    told = told["statistics"]
    run.expect(told["complete"], "sum", "the national figures are not complete")
    of = {one.pop("member"): one for one in told["members"]}
    run.expect(of == own, "sum", f"provinces say {own}, the national node says of them {of}")
    run.expect(told["total"] == added(list(own.values())), "sum", f"{told['total']} is not the sum of {own}")
    run.figure("received", told["total"]["received"]["total"])


async def every_dossier(run, capital, offices, sample=60):
    for name, office in offices.items():
        codes = [act.code for act in office.history.acknowledged if act.kind == "accept" and act.code]
        for code in codes if len(codes) <= sample else office.dice.sample(codes, sample):
            found = (await ask(capital, "query($code: String!) { whereabouts(code: $code) { member code status graphql } }", code=code))["whereabouts"]
            if not run.expect(found and found["member"] == name and found["code"] == code, "tracking", f"{code} of {name} is told as {found}"):
                continue
            more = await ask(capital, "query($code: String!) { tracking(code: $code) { code status } }", found["graphql"], code=code)
            run.expect(more["tracking"]["status"] == found["status"], "tracking", f"{code} is {found} and {more}")
        page = await asyncio.to_thread(lambda: urllib.request.urlopen(f"http://127.0.0.1:{capital.port}/t/{codes[0]}", timeout=30).read().decode())
        run.expect(codes[0] in page, "tracking", f"the page of {codes[0]} does not show it")


async def same_bytes(run, capital, provinces):
    """The copies are proved, and hold the very bytes of the provinces, each once."""
    await capital.stop()
    for name, nodes in provinces.items():
        original, copy = run.folder / f"{name}.jsonl", run.folder / f"{name}-copy.jsonl"
        await run.motcua_aside("export", *nodes[0].place(), "--out", str(original))
        await run.motcua_aside("export", "--data", str(capital.data / name), "--out", str(copy))
        run.expect(original.read_bytes() == copy.read_bytes(), "bytes", f"the copy of {name} holds other bytes")
        code, told = await run.motcua_aside("verify", "--replay", "--data", str(capital.data / name), "--keys", str(capital.keys))
        run.expect(code == 0, "verify", f"verify of the copy of {name}: {code} {told[-400:]}")
