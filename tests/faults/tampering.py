"""What somebody with all rights on the database can do to a journal, with SQL of our own; and how it is put back."""

import base64
import hashlib
import json
import sqlite3
import uuid
from datetime import datetime, timedelta

import oracle


def leaf(body):
    return hashlib.sha256(b"\0" + body).digest()


class Embedded:
    """A journal in a folder; it may be in use."""

    def __init__(self, data):
        self.data = data
        self.prefix = ""

    def read(self):
        return oracle.from_sqlite(self.data / "journal.db")

    def do(self, *statements):
        base = sqlite3.connect(self.data / "journal.db", timeout=20, isolation_level=None)
        try:
            base.execute("begin immediate")
            for statement in statements:
                base.execute(statement)
            base.execute("commit")
        finally:
            base.close()

    def bytes(self, value):
        return f"x'{value.hex()}'"

    def id(self, value):
        return f"x'{uuid.UUID(value).hex}'"

    def guards(self):
        """(what takes them away, what puts them back)."""
        base = sqlite3.connect(f"file:{self.data / 'journal.db'}?mode=ro", uri=True)
        found = base.execute("select name, sql from sqlite_schema where type = 'trigger'").fetchall()
        base.close()
        return [f"drop trigger {name}" for name, _ in found], [sql for _, sql in found]

    def seals(self):
        base = sqlite3.connect(f"file:{self.data / 'seals.db'}?mode=rw", uri=True, timeout=20)
        found = base.execute("select coalesce(max(size), 0) from checkpoint").fetchone()[0]
        base.close()
        return found


class Shared:
    """A journal on PostgreSQL, touched as a superuser."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.prefix = "journal."

    def read(self):
        return oracle.from_postgres(self.cluster)

    def do(self, *statements):
        self.cluster.ask("; ".join(statements))

    def bytes(self, value):
        return f"'\\x{value.hex()}'::bytea"

    def id(self, value):
        return f"'{value}'::uuid"

    def guards(self):
        found = self.cluster.ask(
            "select 'drop trigger ' || tgname || ' on journal.entry', pg_get_triggerdef(oid) from pg_trigger"
            " where tgrelid = 'journal.entry'::regclass and not tgisinternal union all"
            " select 'alter table journal.entry drop constraint ' || conname, 'alter table journal.entry add constraint '"
            " || conname || ' ' || pg_get_constraintdef(oid) || ' not valid' from pg_constraint"
            " where conrelid = 'journal.entry'::regclass and contype = 'c'"
        )
        return [row[0] for row in found], [row[1] for row in found]

    def seals(self):
        return int(self.cluster.ask("select coalesce(max(size), 0) from integrity.checkpoint")[0][0])


def put_off(body, days=30):
    """The same acceptance with a later promise."""
    fact = json.loads(body)
    due = datetime.strptime(fact["data"]["due_at"], "%Y-%m-%dT%H:%M:%S.%fZ") + timedelta(days=days)
    fact["data"]["due_at"] = due.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return canonical(fact)


def canonical(fact):
    return json.dumps(fact, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def edit(store, entries, position, well):
    """Rewrites an acceptance: `well` with its hash, the later facts of its stream, the index and the guards put right; else the
    bytes alone, and the guards stay away. Gives what puts everything back."""
    drop, again = store.guards()
    first = entries[position]
    chain = [(first, put_off(first.body))]
    if well:
        for entry in entries[position + 1 :]:
            if entry.stream == first.stream:
                fact = json.loads(entry.body) | {"prev": base64.b64encode(leaf(chain[-1][1])).decode()}
                chain.append((entry, canonical(fact)))
    table, tails = f"{store.prefix}entry", f"{store.prefix}stream"

    def write(entry, body, hash):
        return f"update {table} set body = {store.bytes(body)}, leaf_hash = {store.bytes(hash)} where position = {entry.position}"

    def tail(hash):
        return f"update {tails} set leaf_hash = {store.bytes(hash)} where id = {store.id(first.stream)}"

    if not well:
        store.do(*drop, write(first, chain[0][1], first.leaf_hash))
        return lambda: store.do(write(first, first.body, first.leaf_hash), *again)
    store.do(*drop, *(write(entry, body, leaf(body)) for entry, body in chain), tail(leaf(chain[-1][1])), *again)
    back = [write(entry, entry.body, entry.leaf_hash) for entry, _ in chain]
    return lambda: store.do(*drop, *back, tail(chain[-1][0].leaf_hash), *again)


def cut(store, size):
    """The newest facts are gone, with their commands and tails. Gives what puts them back."""
    drop, again = store.guards()
    table, tails, commands = (f"{store.prefix}{name}" for name in ("entry", "stream", "command"))
    keep = [f"create table {store.prefix}kept_{name} as select * from {table}" for name, table in (("stream", tails), ("command", commands))]
    keep.append(f"create table {store.prefix}kept_entry as select * from {table} where position >= {size}")
    index = [
        f"delete from {tails}",
        f"insert into {tails} (id, version, leaf_hash) select e.stream, e.version, e.leaf_hash from {table} e join (select stream,"
        f" max(version) as version from {table} group by stream) t on t.stream = e.stream and t.version = e.version",
    ]
    store.do(*keep, *drop, f"delete from {table} where position >= {size}", f"delete from {commands} where position >= {size}", *index, *again)

    def back():
        store.do(
            *drop, f"insert into {table} select * from {store.prefix}kept_entry order by position", f"delete from {tails}",
            f"insert into {tails} select * from {store.prefix}kept_stream", f"delete from {commands}",
            f"insert into {commands} select * from {store.prefix}kept_command",
            *(f"drop table {store.prefix}kept_{name}" for name in ("entry", "stream", "command")), *again,
        )

    return back
