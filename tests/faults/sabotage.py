"""Breaks what a test stands on, behind the program's back: the test must then say so."""

import sqlite3
import struct
import uuid
from pathlib import Path

from load import Act


def ends_of_transactions(log):
    """Where each committed transaction of SQLite's write-ahead log ends."""
    data = log.read_bytes() if log.exists() else b""
    if len(data) < 32:
        return []
    page = struct.unpack(">I", data[8:12])[0]
    salt, size = data[16:24], 24 + page
    commits, at = [], 32
    while at + size <= len(data) and data[at + 8:at + 16] == salt:
        if struct.unpack(">I", data[at + 4:at + 8])[0]:
            commits.append(at + size)
        at += size
    return commits


def cut_last_transaction(journal):
    """Takes the newest committed transaction off the log; True when there was one."""
    log = Path(f"{journal}-wal")
    ends = ends_of_transactions(log)
    if not ends:
        return False
    with log.open("r+b") as file:
        file.truncate(ends[-2] if len(ends) > 1 else 32)
    return True


def delete_newest(cluster, facts=6):
    """What a database's owner can do: the newest facts are gone, the index with them."""
    cluster.ask("alter table journal.entry disable trigger user;"
                f" delete from journal.command where position > (select max(position) - {facts} from journal.entry);"
                f" delete from journal.entry where position > (select max(position) - {facts} from journal.entry);"
                " update journal.stream s set version = e.version, leaf_hash = e.leaf_hash from (select distinct on (stream)"
                " stream, version, leaf_hash from journal.entry order by stream, version desc) e where e.stream = s.id;"
                " alter table journal.entry enable trigger user")


def duplicate(cluster, data, history):
    """A fact of an acknowledged command once more, at the end."""
    command = history.acknowledged[len(history.acknowledged) // 2]
    if cluster:
        cluster.ask("insert into journal.entry (position, stream, version, recorded_at, body, leaf_hash) select (select max(position) + 1"
                    f" from journal.entry), stream, version + 1000, recorded_at, body, leaf_hash from journal.entry where position = {command.position}")
        return
    with sqlite3.connect(data / "journal.db") as base:
        base.execute("insert into entry select (select max(position) + 1 from entry), stream, version + 1000, recorded_at, body,"
                     " leaf_hash from entry where position = ?", (command.position,))
    base.close()


def unsent(history):
    """The oracle is told of a command that never was sent."""
    made = Act(str(uuid.uuid4()), "accept", str(uuid.uuid4()), None, b"", sent=1.0, told=2.0, position=len(history.acts) * 2)
    history.acts.append(made)


def swap(history):
    """Two answers change places."""
    one, *_, other = [act for act in history.acknowledged if act.kind == "accept"]
    one.position, other.position = other.position, one.position


def delete_part(cluster, data):
    """One person's part is gone from the vault."""
    if cluster:
        cluster.ask("delete from vault.part where c = (select c from vault.part limit 1)")
        return
    with sqlite3.connect(data / "vault.db") as base:
        base.execute("delete from part where c = (select c from part limit 1)")
    base.close()


def alter_row(node):
    """One row of one node's read models says something else."""
    import oracle
    file = oracle.read_file(node.data)
    with sqlite3.connect(file) as base:
        table, column = altered_column(base)
        base.execute(f'update "{table}" set "{column}" = "{column}" || \'x\' where rowid = (select min(rowid) from "{table}")')
    base.close()


def altered_column(base):
    for table, in base.execute("select name from sqlite_schema where type = 'table' and name not in ('progress') order by name").fetchall():
        for column in base.execute(f'pragma table_info("{table}")').fetchall():
            if column[2].lower() == "text" and not column[5] and base.execute(f'select count("{column[1]}") from "{table}"').fetchone()[0]:
                try:
                    base.execute(f'select rowid from "{table}" limit 1')
                except sqlite3.OperationalError:
                    continue
                return table, column[1]
    raise LookupError("no text to alter")


async def apply(run, office, nodes, cluster):
    """Those that work on a whole journal after the nodes have stopped; other scenarios do theirs in their own place."""
    history = office.history
    match run.sabotage:
        case "unsent":
            unsent(history)
        case "swap":
            swap(history)
        case "duplicate":
            duplicate(cluster, nodes[0].data, history)
        case "delete":
            delete_newest(cluster)
        case "part":
            delete_part(cluster, nodes[0].data)
        case "rows":
            alter_row(nodes[-1])
        case "wal":
            # A clean stop has written the log back, so the newest transaction is made once more and the node killed.
            from http_line import Line
            await nodes[0].start()
            act = office.act("accept")
            if not await office.until_answered(act, Line(), office.dice, 20):
                run.say("sabotage: the last command was not taken")
            nodes[0].kill()
            if not cut_last_transaction(nodes[0].data / "journal.db"):
                run.say("sabotage: nothing in the write-ahead log")
