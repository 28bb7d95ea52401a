-- The seals: every checkpoint that was signed, with what witnesses said to it. One root for a size, for ever.

-- Who may sign, as verifiers know the key (a "vkey"). A row is never taken back.
create table log_key (
    vkey     text    primary key,
    noted_at integer not null                             -- microseconds since 1970, UTC
) strict, without rowid;

create table checkpoint (
    size         integer primary key check (size > 0),    -- of the tree
    root         blob    not null check (length(root) = 32),
    note         text    not null,                        -- the signed note with the log's signature only
    signed_at    integer not null,                        -- microseconds since 1970, UTC
    published_at integer                                  -- when the policy's quorum held
) strict;

create index checkpoint_published on checkpoint (size) where published_at is not null;

-- Signature lines of witnesses, in the order in which they came.
create table cosignature (
    number      integer primary key,
    size        integer not null references checkpoint (size),
    line        text    not null,
    received_at integer not null,
    unique (size, line)
) strict;

create trigger log_key_is_never_updated before update on log_key
begin
    select raise(abort, 'seals are append-only: keys are never changed');
end;

create trigger log_key_is_never_deleted before delete on log_key
begin
    select raise(abort, 'seals are append-only: keys are never deleted');
end;

-- `insert or replace` deletes without firing delete triggers, so an occupied place is refused before it can.
create trigger log_key_is_only_appended before insert on log_key
begin
    select raise(abort, 'seals are append-only: this key is noted')
    where exists (select 1 from log_key where vkey = new.vkey);
end;

create trigger checkpoint_is_only_published before update on checkpoint
begin
    select raise(abort, 'seals are append-only: a checkpoint is published once and never changed')
    where old.published_at is not null or new.published_at is null or new.size <> old.size
        or new.root <> old.root or new.note <> old.note or new.signed_at <> old.signed_at;
end;

create trigger checkpoint_is_never_deleted before delete on checkpoint
begin
    select raise(abort, 'seals are append-only: checkpoints are never deleted');
end;

create trigger checkpoint_is_only_appended before insert on checkpoint
begin
    select raise(abort, 'seals are append-only: the next checkpoint is larger than the newest')
    where new.size <= (select max(size) from checkpoint);
end;

create trigger cosignature_is_never_updated before update on cosignature
begin
    select raise(abort, 'seals are append-only: cosignatures are never changed');
end;

create trigger cosignature_is_never_deleted before delete on cosignature
begin
    select raise(abort, 'seals are append-only: cosignatures are never deleted');
end;

create trigger cosignature_is_only_appended before insert on cosignature
begin
    select raise(abort, 'seals are append-only: this cosignature stands')
    where exists (select 1 from cosignature
        where number = new.number or (size = new.size and line = new.line));
end;
