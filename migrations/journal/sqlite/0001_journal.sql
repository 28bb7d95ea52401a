-- The journal: every fact in its exact bytes, in one order, for ever.

create table entry (
    position    integer primary key check (position >= 0),
    stream      blob    not null check (length(stream) = 16),
    version     integer not null check (version >= 1),
    recorded_at integer not null,                                -- microseconds since 1970, UTC
    body        blob    not null,                                -- the exact bytes that were hashed
    leaf_hash   blob    not null check (length(leaf_hash) = 32), -- RFC 6962 leaf of body
    unique (stream, version)
) strict;

create trigger entry_is_never_updated before update on entry
begin
    select raise(abort, 'the journal is append-only: entries are never updated');
end;

create trigger entry_is_never_deleted before delete on entry
begin
    select raise(abort, 'the journal is append-only: entries are never deleted');
end;

-- `insert or replace` deletes without firing delete triggers, so an occupied place is refused before it can.
create trigger entry_is_only_appended before insert on entry
begin
    select raise(abort, 'the journal is append-only: the next position follows the newest')
    where new.position <> (select coalesce(max(position) + 1, 0) from entry);
    select raise(abort, 'the journal is append-only: this version of the stream exists')
    where exists (select 1 from entry where stream = new.stream and version = new.version);
end;

-- Index of tails, derived from entry and checked by `verify`; never the truth.
create table stream (
    id        blob    primary key check (length(id) = 16),
    version   integer not null,
    leaf_hash blob    not null check (length(leaf_hash) = 32)
) strict, without rowid;

-- Commands already answered. The mac is keyed: the inputs it stands for hold personal data.
create table command (
    id       blob    primary key check (length(id) = 16),
    mac      blob    not null check (length(mac) = 32),
    position integer not null,
    entries  integer not null
) strict, without rowid;
