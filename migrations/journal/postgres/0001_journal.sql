-- The journal: every fact in its exact bytes, in one order, for ever.

create schema if not exists journal;

-- One constant row. Whoever appends locks it first; nobody ever updates it, so it never bloats.
create table journal.lock (id smallint primary key check (id = 1));
insert into journal.lock (id) values (1);

create table journal.entry (
    position    bigint primary key check (position >= 0),
    stream      uuid   not null,
    version     int    not null check (version >= 1),
    recorded_at bigint not null,                              -- microseconds since 1970, UTC
    body        bytea  not null,                              -- the exact bytes that were hashed
    leaf_hash   bytea  not null check (leaf_hash = sha256('\x00'::bytea || body)), -- RFC 6962 leaf of body
    unique (stream, version)
);

create function journal.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the journal is append-only: % of entries is refused', lower(tg_op)
        using errcode = 'restrict_violation';
end
$$;

create trigger entry_is_never_changed before update or delete or truncate on journal.entry
    for each statement execute function journal.refuse_change();

-- Index of tails, derived from entry and checked by `verify`; never the truth.
create table journal.stream (
    id        uuid  primary key,
    version   int   not null,
    leaf_hash bytea not null check (length(leaf_hash) = 32)
) with (fillfactor = 80);

-- Commands already answered. The mac is keyed: the inputs it stands for hold personal data.
create table journal.command (
    id       uuid   primary key,
    mac      bytea  not null check (length(mac) = 32),
    position bigint not null,
    entries  int    not null
);

-- One row of what a writer sees under the lock; `kind` says which columns carry something.
create type journal.looked as (kind text, position bigint, at bigint, id uuid, version int, hash bytea, body bytea);

-- Takes the lock, then reads. In a volatile function every statement has a snapshot of its own, so all that
-- follows the lock sees everything committed by whoever held it before; one call, one round trip.
create function journal.look(asked_streams uuid[], held_versions int[], asked_commands uuid[])
    returns setof journal.looked language plpgsql volatile as $$
begin
    perform 1 from journal.lock where lock.id = 1 for update;
    return query
        select 'clock', null::bigint, (extract(epoch from clock_timestamp()) * 1000000)::bigint,
               null::uuid, null::int, null::bytea, null::bytea;
    return query
        select 'head', entry.position, entry.recorded_at, null::uuid, null::int, entry.leaf_hash, null::bytea
        from journal.entry order by entry.position desc limit 1;
    if cardinality(asked_commands) > 0 then
        return query
            select 'known', command.position, null::bigint, command.id, command.entries, command.mac, null::bytea
            from unnest(asked_commands) as asked (id) join journal.command on command.id = asked.id;
    end if;
    if cardinality(asked_streams) > 0 then
        return query
            select 'tail', null::bigint, null::bigint, stream.id, stream.version, stream.leaf_hash, null::bytea
            from unnest(asked_streams) as asked (id) join journal.stream on stream.id = asked.id;
        return query
            select 'entry', entry.position, entry.recorded_at, entry.stream, entry.version, entry.leaf_hash, entry.body
            from unnest(asked_streams, held_versions) as asked (id, held)
            join journal.entry on entry.stream = asked.id and entry.version > asked.held;
    end if;
end
$$;

-- Writes one batch. The caller holds the lock and has numbered everything; whatever does not fit fails it whole.
create function journal.append(
    first_position bigint, streams uuid[], versions int[], recorded bigint[], bodies bytea[], leaf_hashes bytea[],
    tail_ids uuid[], tail_versions int[], tail_hashes bytea[],
    command_ids uuid[], macs bytea[], command_positions bigint[], command_entries int[])
    returns void language plpgsql volatile as $$
begin
    if first_position <> (select coalesce(max(entry.position) + 1, 0) from journal.entry) then
        raise exception 'the journal is append-only: the next position follows the newest'
            using errcode = 'restrict_violation';
    end if;
    insert into journal.entry (position, stream, version, recorded_at, body, leaf_hash)
        select first_position + new.place - 1, new.stream, new.version, new.recorded_at, new.body, new.leaf_hash
        from unnest(streams, versions, recorded, bodies, leaf_hashes)
            with ordinality as new (stream, version, recorded_at, body, leaf_hash, place);
    insert into journal.stream (id, version, leaf_hash)
        select new.id, new.version, new.leaf_hash
        from unnest(tail_ids, tail_versions, tail_hashes) as new (id, version, leaf_hash)
        on conflict (id) do update set version = excluded.version, leaf_hash = excluded.leaf_hash;
    insert into journal.command (id, mac, position, entries)
        select new.id, new.mac, new.position, new.entries
        from unnest(command_ids, macs, command_positions, command_entries) as new (id, mac, position, entries);
    perform pg_notify('motcua_head', '');
end
$$;
