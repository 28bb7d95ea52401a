"""R8: two nodes on one PostgreSQL, upgraded one by one under load from the release before; then the format is raised."""

import asyncio
import os
import subprocess
import time
from pathlib import Path

from http_line import Line, ready
from kit import Broken, Node, ends_with_us, found, say
from load import Office
from postgres import Cluster
from r1_kill import conclude
from r2_nodes import same_height

ROOT = Path(__file__).resolve().parents[2]
# The newest commit whose program reads facts of the first format only, and does not tell that it serves.
BEFORE = "cef225afed3d"


def release_before():
    """The program of that commit: as named, or built from this repository's own history, once."""
    named = os.environ.get("MOTCUA_BEFORE")
    if named:
        return named
    target = ROOT / "target/before"
    program, tree = target / f"motcua-{BEFORE}", target / "tree"
    if not program.exists():
        say(f"builds the program of {BEFORE}: some ten minutes, once (MOTCUA_BEFORE=PROGRAM names one that is there)")
        tree.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(["git", "-C", ROOT, "archive", BEFORE], stdout=subprocess.PIPE)
        if packed.returncode != 0:
            raise Broken(f"the history of this repository does not reach back to {BEFORE}: git fetch --unshallow")
        subprocess.run(["tar", "-x", "-C", tree], input=packed.stdout, check=True)
        build = ["cargo", "build", "--release", "--locked", "--quiet", "--bin", "motcua", "--target-dir", target / "build"]
        subprocess.run(build, cwd=tree, check=True, preexec_fn=ends_with_us)
        (target / "build/release/motcua").rename(program)
    return str(program)


async def remark(office, node, line):
    """What a node says to the first command that needs the new format; its act is forgotten where nothing came of it."""
    dossier = next(act.dossier for act in office.history.acts if act.kind == "accept" and act.position is not None)
    act = office.act("remark", dossier)
    if await office.send(act, line, node) and act.position is not None:
        return "taken"
    office.history.acts.remove(act)
    told = act.refused or act.answers[-1]
    if not act.refused:
        office.history.codes.pop(told, None)
        office.history.slips[:] = [slip for slip in office.history.slips if act.command not in slip]
    return told


async def settled(office, seconds):
    """Time for the desks, and how many commands were acknowledged in it."""
    before = office.history.count()
    await asyncio.sleep(seconds)
    return office.history.count() - before


async def raise_format(run, node):
    return await run.motcua_aside("migrate", "--raise", *node.place())


async def rolling(run):
    before, new = await asyncio.to_thread(release_before), run.program
    cluster = Cluster(run)
    run.program = before
    data, keys = found(run, journal=cluster.url())
    nodes = [Node(run, f"node-{number}", data if number == 0 else run.folder / "node-1", keys, cluster.url(), program=before,
                  options=["--signer"] if number == 0 else []) for number in range(2)]
    for node in nodes:
        await node.start()
    office = await Office.of(run, nodes)
    run.program = new
    await office.open(desks=8)
    office.hot.clear()  # nobody fights here: whatever is refused is refused by the upgrade
    line = Line()
    run.figure("acknowledged_before", await settled(office, 20 if run.long else 5))

    run.expect(await remark(office, nodes[0], line) == "GRAPHQL_VALIDATION_FAILED", "before", "the release before knows the new command")
    moments = []
    for number in (1, 0):
        begun = time.monotonic()
        await nodes[number].stop()
        nodes[number].program = new
        await nodes[number].start()
        moments.append(time.monotonic() - begun)
        count = await settled(office, 20 if run.long else 5)
        run.say(f"node-{number} upgraded, away for {moments[-1]:.1f} s; {count} commands acknowledged in the seconds after it")
        run.expect(count > 0, "hang", f"nothing was acknowledged after node-{number} was upgraded")
        said = await remark(office, nodes[number], line)
        run.expect(said == "NOT_YET_ENABLED", "enabled", f"the new command was answered {said} before the format was raised")
        if number == 1:
            if run.sabotage == "alone":
                nodes[0].kill()
                await asyncio.sleep(1)
            code, text = await raise_format(run, nodes[1])
            run.say(f"raised while a node reads less: {code}, {' / '.join(text.strip().splitlines()[-1:])[:300]}")
            run.expect(code != 0 and "reads up to format 1" in text, "raised", f"raised although a node reads less: {text[-300:]}")
            if run.sabotage == "alone":
                return
    run.figure("away_seconds", [round(moment, 2) for moment in moments])

    code, text = await raise_format(run, nodes[0])
    run.expect(code == 0 and "format 2" in text, "raise", f"it was not raised: {text[-300:]}")
    taken = [await remark(office, node, line) for node in nodes]
    run.expect(taken == ["taken", "taken"], "enabled", f"after it was raised the new command is answered {taken}")
    run.figure("acknowledged_after", await settled(office, 20 if run.long else 5))
    code, text = await raise_format(run, nodes[0])
    run.expect(code == 0 and "already" in text, "again", f"raised again: {text[-300:]}")

    # A rollback comes too late now, and says so instead of reading what it cannot.
    late = Node(run, "late", run.folder / "late", keys, cluster.url(), program=before)
    serves = await late.serves()
    if serves:
        said = await ready(late.port)
        run.expect(said.startswith("503"), "read", f"the release before serves a journal that it cannot read: {said}")
    run.say(f"the release before, started on it now: {'not ready' if serves else late.log_text().strip().splitlines()[-1][:200]}")
    await late.stop()

    await office.close()
    refused = sorted({act.refused for act in office.history.acts if act.refused})
    run.expect(not refused, "refused", f"commands were refused with {refused}")
    await same_height(run, nodes)
    line.close()
    await conclude(run, office, nodes, cluster)
