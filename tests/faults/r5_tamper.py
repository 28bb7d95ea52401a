"""R5: the record is tampered with by a database's owner, or brought back older than it was. It is named with its position or not signed,
and no node answers from read models that its journal does not lead to."""

import asyncio
import json
import re
import shutil
import subprocess
import time

import oracle
from http_line import Line, Lost, fetch, ready
from kit import Broken, Node, found, free_port, look_for_panics
from load import Office
from postgres import Cluster
from r1_kill import conclude
from tampering import Embedded, Shared, cut, edit

HALT_MAX = 25.0  # a quiet node asks every ten seconds whether its journal is still the same
HALTED = 2
EVERYTHING = ("tree", "evidence")


async def sqlite(run):
    await tamper(run, None)


async def postgres(run):
    await tamper(run, Cluster(run))


class Ground:
    """A node that signs and one that does not, and what they stand on."""

    def __init__(self, run, cluster):
        self.run, self.cluster = run, cluster
        if cluster:
            cluster.ask("create database office")
            cluster.database = "office"
        where = cluster.url() if cluster else None
        self.data, self.keys = found(run, journal=where)
        self.one = Node(run, "signer", self.data, self.keys, journal=where, options=["--signer=true"])
        self.two = Node(run, "other", run.folder / "other", self.keys, journal=where, options=["--signer=false"])
        self.store = Shared(cluster) if cluster else Embedded(self.data)
        self.journal = json.loads(self.store.read()[0][0].body)["data"]["id"]

    def nodes(self):
        """Those that can run at the same time: an embedded journal has one."""
        return [self.one, self.two] if self.cluster else [self.one]

    async def copy_other(self):
        """On SQLite the other node is a machine that could take over: a copy of the folder that was served, and no key of the log."""
        if not self.cluster:
            shutil.rmtree(self.two.data, ignore_errors=True)
            shutil.copytree(self.data, self.two.data)
            self.two.keys = self.run.folder / "other-keys"
            shutil.rmtree(self.two.keys, ignore_errors=True)
            shutil.copytree(self.keys, self.two.keys, ignore=shutil.ignore_patterns(self.journal))
            await self.two.start()
            while not (self.two.data / "tree" / "checkpoint").exists():
                await asyncio.sleep(0.05)
            await self.two.stop()

    def signers_memory(self):
        return self.keys / self.journal / "signer.json"


async def tamper(run, cluster):
    ground = Ground(run, cluster)
    for node in ground.nodes():
        await node.start()
    office = await Office.of(run, ground.nodes())
    await office.open(desks=6)
    await asyncio.sleep(1.5)
    backup = run.folder / "backup"
    code, text = await run.motcua_aside("backup", *ground.one.place(), "--to", backup)
    run.expect(code == 0, "backup", f"ends with {code}: {text[-300:]}")
    old_keys = run.folder / "old-keys"
    shutil.copytree(ground.keys, old_keys)
    await asyncio.sleep(1.5)
    await office.close()
    size = await sealed(run, ground)
    run.say(f"{office.history.count()} acknowledged, {size} facts signed")
    mirror = await copied_by_another(run, ground)
    await edited(run, ground, office, mirror)
    await drilled(run, ground, mirror)
    await cut_off(run, ground, size)
    await brought_back(run, ground, office, backup, size, mirror)
    await signed_twice(run, ground, office, old_keys)
    office.nodes = ground.nodes()
    for node in ground.nodes():
        if not node.alive():
            await node.start()
    await conclude(run, office, ground.nodes(), cluster)
    look_for_panics(run, ground.one, ground.two)


async def sealed(run, ground, wait=20):
    """Waits until every running node publishes a checkpoint of all facts; their number."""
    end = time.monotonic() + wait
    size = len(ground.store.read()[0])
    while True:
        told = [await checkpoint(node) for node in ground.nodes()]
        if all(found == size for found in told):
            return size
        if time.monotonic() > end:
            raise Broken(f"{size} facts, and the checkpoints say {told} after {wait} s")
        await asyncio.sleep(0.1)


async def checkpoint(node):
    status, _, text = await fetch(node.port, "/log/checkpoint")
    return int(text.split(b"\n")[1]) if status == 200 else None


async def copied_by_another(run, ground):
    """A mirror: a copy of the log that the database's owner cannot reach, served once so that it has a tree."""
    token = run.must("token", *ground.one.place(), "--role", "auditor", "--actor", "auditor-01").strip()
    copy = Node(run, "mirror", run.folder / "mirror", run.folder / "mirror-keys")
    url = f"http://127.0.0.1:{ground.one.port}"
    code, text = await run.motcua_aside("mirror", url, "--data", copy.data, "--token", token)
    run.expect(code == 0, "mirror", f"ends with {code}: {text[-300:]}")
    await copy.start()
    while await checkpoint(copy) != await checkpoint(ground.one):
        await asyncio.sleep(0.1)
    await copy.stop()
    copy.token = token
    return copy


async def follow(run, mirror, node):
    """What a mirror says of a node now: (exit code, text)."""
    return await run.motcua_aside("mirror", f"http://127.0.0.1:{node.port}", "--data", mirror.data, "--token", mirror.token)


def named(run, node, positions, what, codes=(1, HALTED), kind="unnamed"):
    """`verify` ends so and names one of the positions; `doctor` names one too."""
    code, text = run.motcua("verify", *node.place())
    said = {int(number) for number in re.findall(r"position (\d+)", text)}
    run.expect(
        code in codes and said & set(positions), kind,
        f"{what}: verify of {node.name} ends with {code} and names {sorted(said)[:5]}, not {sorted(positions)[:5]}: {text.strip()[-200:]}",
    )
    _, told = run.motcua("doctor", *node.place())
    bad = " / ".join(line for line in told.splitlines() if line.startswith("BAD"))
    run.expect(any(re.search(rf"\b{position}\b", bad) for position in positions), kind, f"{what}: doctor of {node.name} says: {bad[:300]}")
    return bad


async def edited(run, ground, office, mirror):
    """Old facts rewritten under running nodes, by turns clumsily and well."""
    entries, _ = ground.store.read()
    dice = run.random("edits")
    places = [entry.position for entry in entries if b'"type":"dossier.accepted"' in entry.body]
    code_of = {act.position + 2: act.code for act in office.history.acknowledged if act.kind == "accept"}
    before = ground.store.seals()
    for number in range(run.rounds):
        position, well = dice.choice([place for place in places[: len(places) // 2] if place in code_of]), number % 2 == 1
        what = f"a fact rewritten {'well' if well else 'clumsily'} at position {position}"
        back = edit(ground.store, entries, position, well) if run.sabotage != "untouched" else lambda: None
        for node in ground.nodes():
            bad = named(run, node, {position}, what, codes=(1,))
            run.expect(well or "append-only stand" in bad, "guards", f"{what}: doctor of {node.name} does not miss the triggers: {bad[:300]}")
            for path in (f"/receipts/{code_of[position]}", f"/log/proof/inclusion/{position}"):
                status, _, text = await fetch(node.port, path, token=mirror.token)
                run.expect(
                    status == 500 and b"ENTRY_ALTERED" in text and str(position).encode() in text, "vouched",
                    f"{what}: {node.name} answers {path} with {status} {text[:120]}",
                )
        fresh = Node(run, f"mirror-{number}", run.folder / f"mirror-{number}", mirror.keys)
        fresh.token = mirror.token
        code, text = await follow(run, fresh, ground.nodes()[-1])
        run.expect(code != 0, "mirrored", f"{what}: a mirror takes it: {text.strip()[-200:]}")
        if number == run.rounds - 1 and well:
            await without_tree(run, ground, what)
        back()
        if run.findings:
            return
    run.expect(ground.store.seals() == before, "signed", "something was signed over a rewritten fact")
    for node in ground.nodes():
        code, text = run.motcua("verify", *node.place())
        run.expect(code == 0, "verify", f"after all was put back verify of {node.name} ends with {code}: {text.strip()[-200:]}")
    run.figure("facts_rewritten", run.rounds)
    run.say(f"{run.rounds} facts rewritten: each named by verify and doctor, no receipt over them")


async def without_tree(run, ground, what):
    """A machine that kept no tree has only the signatures: it takes no command and signs nothing."""
    for node in ground.nodes():
        await node.stop()
    for node in ground.nodes():
        kept = run.folder / f"{node.name}-tree"
        shutil.move(node.data / "tree", kept)
        await refuses(run, node, f"{what}, and no tree", codes=("LOG_FORKED", "ENTRY_ALTERED"), may_show=True)
        shutil.rmtree(node.data / "tree", ignore_errors=True)
        shutil.move(kept, node.data / "tree")


async def refuses(run, node, what, codes, may_show=False):
    """Started now it ends and says why; where only its counter has to be closed (`may_show`), it may serve and take nothing."""
    serves = await node.serves()
    said = node.log_text()
    run.expect(any(code in said for code in codes), "unnamed", f"{what}: {node.name} says none of {codes}: {said.strip()[-300:]}")
    if serves and may_show:
        run.expect(await takes_nothing(node), "taken", f"{what}: {node.name} takes a command")
    elif serves:
        status, _, text = await fetch(node.port, "/readyz")
        run.find("answers", f"{what}: {node.name} serves, /readyz {status} {text[:100]}")
    else:
        run.expect(node.process.returncode in (1, HALTED), "exit", f"{what}: {node.name} ends with {node.process.returncode}")
    node.kill()
    return serves


async def takes_nothing(node):
    """Whether a command is refused because the node has halted."""
    office = await Office.of(node.run, [node], what="probe")
    act, line = office.act("accept"), Line()
    await office.send(act, line, node)
    line.close()
    return act.position is None and "NODE_HALTED" in act.answers


async def drilled(run, ground, mirror):
    """The program's own drill finds its own forgery."""
    for node in ([mirror] if ground.cluster else [ground.one, mirror]):
        code, text = await run.motcua_aside("drill", "tamper", *node.place())
        run.expect(code == 0 and re.search(r"5\. Found at position \d+", text), "drill", f"of {node.name} ends with {code}: {text.strip()[-300:]}")
    if ground.cluster:
        code, text = await run.motcua_aside("drill", "tamper", *ground.one.place())
        run.expect(code == 3 and "mirror" in text, "drill", f"on PostgreSQL ends with {code}: {text.strip()[-200:]}")


async def halts(run, ground, what):
    """The running nodes notice by themselves: they take nothing, say that they are not ready, and every page says so."""
    begun, slowest = time.monotonic(), 0.0
    for node in ground.nodes():
        while node.alive() and not (told := await ready(node.port)).startswith("503"):
            if time.monotonic() - begun > HALT_MAX:
                run.find("unnoticed", f"{what}: {node.name} still says {told} after {HALT_MAX:.0f} s")
                break
            await asyncio.sleep(0.1)
        slowest = max(slowest, time.monotonic() - begun)
        if node.alive():
            run.expect(await takes_nothing(node), "taken", f"{what}: {node.name} takes a command, or does not say NODE_HALTED")
            run.note(f"{what}, running {node.name}: /readyz says {await ready(node.port)}")
            run.figures.setdefault("still_answers", {})[node.name] = await still_answers(node)
    run.figures.setdefault("halted_after_seconds", []).append(round(slowest, 1))


async def still_answers(node):
    """What a node that has halted does with questions; it may show what it holds, with a warning."""
    told = {}
    for path in ("/statistics", "/statistics.json?from=2020-01-01&to=2030-01-01"):
        try:
            status, _, text = await fetch(node.port, path)
        except Lost:
            status, text = None, b""
        told[path.split("?")[0]] = f"{status}{' with a warning' if b'halt' in text.lower() or b'alert' in text else ''}"
    return told


async def cut_off(run, ground, size):
    """The newest facts deleted under running nodes; then every node started on it."""
    if run.findings:
        return
    gone = run.random("tail").randrange(3, 40)
    what = f"{gone} newest facts deleted"
    for node in ground.nodes():
        await node.stop()
    await ground.copy_other()
    for node in ground.nodes():
        await node.start()
    before = ground.store.seals()
    back = cut(ground.store, size - gone)
    await halts(run, ground, what)
    run.expect(ground.store.seals() == before, "signed", f"{what}: something was signed")
    for node in ground.nodes():
        node.kill()
    if not ground.cluster:
        lay(ground.data, ground.two.data)
    await after_restore(run, ground, what, {size - gone}, ("LOG_ROLLED_BACK",))
    run.expect(ground.store.seals() == before, "signed", f"{what}: something was signed")
    back()
    for node in ground.nodes():
        await node.start()
    await sealed(run, ground)
    for node in ground.nodes():
        await node.stop()
    run.say(f"{what}: named by every node, nothing signed; put back, all go on")


async def after_restore(run, ground, what, positions, codes):
    """Each node on a journal that lost what it had shown: it does not serve, and `verify` and `doctor` name it. Again with nothing left to it but the read models."""
    nodes = [ground.one, ground.two]
    if run.sabotage == "forgotten":
        shutil.rmtree(nodes[-1].data)
        if not ground.cluster:
            shutil.copytree(ground.data, nodes[-1].data, ignore=shutil.ignore_patterns("read-*", "tree"))
    for node in nodes:
        place = positions | {size_of_read_models(node) - 1} if oracle.read_file(node.data) else positions
        if oracle.read_file(node.data):
            named(run, node, place, what)
        await refuses(run, node, what, codes)
        if oracle.read_file(node.data) is None:
            continue
        named(run, node, place, f"{what}, started")
        for name in EVERYTHING:
            shutil.move(node.data / name, run.folder / f"kept-{name}") if (node.data / name).exists() else None
        bare = Node(run, f"{node.name}-bare", node.data, run.folder / "bare-keys", journal=node.journal, options=["--signer=false"])
        shutil.rmtree(bare.keys, ignore_errors=True)
        shutil.copytree(ground.keys, bare.keys, ignore=shutil.ignore_patterns(ground.journal))
        await refuses(run, bare, f"{what}, read models alone", ("BESIDE_JOURNAL", "stand beside the journal", *codes), may_show=False)
        ended, text = run.motcua("verify", "--replay", *bare.place())
        run.expect(ended != 0, "answers", f"{what}: `verify --replay` of {node.name} with read models alone ends with {ended}")
        for name in EVERYTHING:
            shutil.rmtree(node.data / name, ignore_errors=True)
            shutil.move(run.folder / f"kept-{name}", node.data / name) if (run.folder / f"kept-{name}").exists() else None


def size_of_read_models(node):
    return oracle.rows_of(oracle.read_file(node.data))["progress"][0][1]


async def brought_back(run, ground, office, backup, size, mirror):
    """An old backup in the journal's place, and new facts on top of it by a node that knew nothing of it, until it is the longer one."""
    if run.findings:
        return
    what = "an old backup with new facts on top"
    older = json.loads((backup / "backup.json").read_text())["size"]
    if ground.cluster:
        # Under running nodes: nobody told them.
        for node in ground.nodes():
            await node.start()
    undo = await put_in_place(run, ground, backup)
    fresh = Node(run, "fresh", run.folder / "fresh-node", run.folder / "fresh-keys", journal=ground.one.journal, options=["--signer=false"])
    shutil.copytree(ground.keys, fresh.keys, ignore=shutil.ignore_patterns(ground.journal))
    if not ground.cluster:
        shutil.copytree(ground.data, fresh.data, ignore=shutil.ignore_patterns("read-*", "tree"))
    await fresh.start()
    other = await Office.of(run, [fresh], what="on top")
    await other.open(desks=6)
    store = ground.store if ground.cluster else Embedded(fresh.data)
    while len(store.read()[0]) < size + 30:
        await asyncio.sleep(0.2)
    await other.close()
    longer = len(store.read()[0])
    before = store.seals()
    if ground.cluster:
        code, text = await follow(run, mirror, fresh)
        run.expect(code != 0, "mirrored", f"{what}: the mirror follows it and ends with {code}: {text.strip()[-200:]}")
        await halts(run, ground, what)
        for node in ground.nodes():
            node.kill()
    await fresh.stop()
    if not ground.cluster:
        # The file lies where the nodes' own was.
        for node in (ground.one, ground.two):
            lay(fresh.data, node.data)
    run.say(f"{what}: {size} facts were signed, the backup had {older}, now there are {longer}")
    await after_restore(run, ground, what, set(range(older, older + 1)), ("LOG_FORKED", "LOG_ROLLED_BACK"))
    run.expect(ground.store.seals() == before, "signed", f"{what}: something was signed")
    await memory_lost(run, ground, what, older)
    undo()
    run.figure("facts_on_top", longer - older)


async def put_in_place(run, ground, backup):
    """Gives what puts the true journal back."""
    if ground.cluster:
        ground.cluster.ask("create database restored", "postgres")
        run.must(
            "restore", "--verify", "--from", backup, "--data", run.folder / "restoring", "--keys", ground.keys, "--journal",
            ground.cluster.url(database="restored"),
        )
        for name, now in (("office", "office_true"), ("restored", "office")):
            rename(ground.cluster, name, now)
        return lambda: (rename(ground.cluster, "office", "office_forged"), rename(ground.cluster, "office_true", "office"))
    true = run.folder / "true"
    shutil.copytree(ground.data, true)
    await ground.copy_other()
    lay(backup, ground.data)

    def undo():
        shutil.rmtree(ground.data)
        shutil.move(true, ground.data)

    return undo


def lay(source, data):
    """The databases of another folder in the place of these; what the node keeps for itself stays."""
    for name in ("journal.db", "seals.db", "vault.db", "work.db"):
        for file in data.glob(f"{name}*"):
            file.unlink()
        for file in source.glob(f"{name}*"):
            shutil.copy(file, data / file.name)


def rename(cluster, name, now):
    """Whoever is connected is thrown out, and comes to what has the name next."""
    cluster.ask(f"alter database {name} allow_connections false", "postgres")
    cluster.ask(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'", "postgres")
    cluster.ask(f"alter database {name} rename to {now}", "postgres")
    cluster.ask(f"alter database {now} allow_connections true", "postgres")


async def memory_lost(run, ground, what, position):
    """The signer's memory gone as well, as when the keys come from their own backup: no command, no signature, and still named."""
    what = f"{what}, and the signer's memory lost"
    state = ground.signers_memory()
    kept = state.read_bytes()
    state.unlink()
    before = ground.store.seals()
    place = {position, size_of_read_models(ground.one) - 1}
    named(run, ground.one, place, what)
    await refuses(run, ground.one, what, ("SIGNER_STATE_MISSING", "stand beside the journal"))
    named(run, ground.one, place, f"{what}, after the start", kind="forgotten")
    run.expect(ground.store.seals() == before, "signed", f"{what}: signed without memory")
    state.write_bytes(kept)


async def signed_twice(run, ground, office, old_keys):
    """The signer's key in a second place."""
    await ground.one.start()
    second = Node(
        run, "second", ground.data if not ground.cluster else run.folder / "second", old_keys, journal=ground.one.journal, options=["--signer=true"]
    )
    serves = await second.serves()
    said = second.log_text()
    run.expect(not serves or "SIGNER_ELSEWHERE" in said, "second", f"a second process with the key beside the signer says: {said.strip()[-300:]}")
    run.note(f"beside the signer a second one {'serves and says SIGNER_ELSEWHERE' if serves else 'ends: ' + said.strip()[-120:]}")
    await second.stop()
    await ground.one.stop()
    # The first has signed on since its keys were copied.
    before = ground.store.seals()
    if run.sabotage == "memory":
        shutil.copy(ground.signers_memory(), old_keys / ground.journal / "signer.json")
    second = Node(
        run, "behind", ground.data if not ground.cluster else run.folder / "second", old_keys, journal=ground.one.journal, options=["--signer=true"]
    )
    serves = await second.serves()
    said = second.log_text()
    await asyncio.sleep(2)
    run.expect("SIGNER_BEHIND" in said, "second", f"a copy of the key with an older memory says: {said.strip()[-300:]}")
    run.expect(ground.store.seals() == before, "signed", "a copy of the key with an older memory signed")
    await second.stop()
    await both_go_on(run, ground, office)


async def both_go_on(run, ground, office):
    """The whole machine twice, its database too, and both sign: only a witness can know. It signs for one of them."""
    key = run.must("signer", "status", *ground.one.place())
    vkey = re.search(r"\S+\+[0-9a-f]{8}\+\S+", key)[0]
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (run.folder / "witness.log").open("w") as out:
        witness = subprocess.Popen(
            [
                run.program, "witness", "--state", run.folder / "witness", "--name", "witness.example/one", "--log", vkey, "--listen",
                f"127.0.0.1:{port}", "--public-url", url,
            ],
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    run.on_close(lambda: (witness.kill(), witness.wait()))
    text = ""
    while "quorum outside" not in text:
        await asyncio.sleep(0.05)
        text = (run.folder / "witness.log").read_text()
    policy = run.folder / "policy"
    policy.write_text("".join(line.strip() + "\n" for line in text.splitlines() if re.match(r"\s+(log|witness|group|quorum) ", line)))
    twin_keys = run.folder / "twin-keys"
    shutil.copytree(ground.keys, twin_keys)
    if ground.cluster:
        ground.cluster.ask("create database twin template office", "postgres")
        data, journal = run.folder / "twin", ground.cluster.url(database="twin")
    else:
        shutil.copytree(ground.data, run.folder / "twin")
        data, journal = run.folder / "twin", None
    options = ["--signer=true", "--policy", str(policy)]
    one = Node(run, "witnessed", ground.data, ground.keys, journal=ground.one.journal, options=options)
    twin = Node(run, "twin", data, twin_keys, journal=journal, options=options)
    await one.start()
    await twin.start()
    for node in (one, twin):
        if node is twin:
            office = await Office.of(run, [twin], what="work of the twin")
        office.nodes = [node]
        act, line = office.act("accept"), Line()
        run.expect(await office.until_answered(act, line, office.dice, 20), "load", f"{node.name} takes no command: {act.answers[-3:]}")
        line.close()
        if node is one:
            end = time.monotonic() + 20
            while (witnessed := await checkpoint(one) or 0) <= act.position and time.monotonic() < end:
                await asyncio.sleep(0.1)
    await asyncio.sleep(4)
    published = await checkpoint(twin)
    run.expect(witnessed > act.position, "witness", f"the first is published up to {witnessed}, not {act.position}")
    run.expect(published is None or published < witnessed, "second", f"the second history is published up to {published}")
    told = await ready(twin.port)
    evidence = list((run.folder / "witness" / "evidence").glob("*"))
    run.note(
        f"two histories: published {witnessed} and {published}; the second node says {told}; the witness kept {[file.name.split('-')[0] for file in evidence]}"
    )
    run.expect(evidence, "evidence", "the witness kept no evidence of the second history")
    run.expect(told.startswith("503"), "unnoticed", f"the node of the second history says {told}")
    await twin.stop()
    await one.stop()
