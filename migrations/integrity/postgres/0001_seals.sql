-- The seals: every checkpoint that was signed, with what witnesses said to it. One root for a size, for ever.

create schema if not exists integrity;

-- Who may sign, as verifiers know the key (a "vkey"). A row is never taken back.
create table integrity.log_key (
    vkey     text   primary key,
    noted_at bigint not null                              -- microseconds since 1970, UTC
);

create table integrity.checkpoint (
    size         bigint primary key check (size > 0),     -- of the tree
    root         bytea  not null check (length(root) = 32),
    note         text   not null,                         -- the signed note with the log's signature only
    signed_at    bigint not null,                         -- microseconds since 1970, UTC
    published_at bigint                                   -- when the policy's quorum held
);

create index checkpoint_published on integrity.checkpoint (size) where published_at is not null;

-- Signature lines of witnesses, in the order in which they came.
create table integrity.cosignature (
    number      bigint generated always as identity primary key,
    size        bigint not null references integrity.checkpoint (size),
    line        text   not null,
    received_at bigint not null,
    unique (size, line)
);

create function integrity.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'seals are append-only: % of % is refused', lower(tg_op), tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create function integrity.only_publish() returns trigger language plpgsql as $$
begin
    if old.published_at is not null or new.published_at is null
        or (new.size, new.root, new.note, new.signed_at) is distinct from (old.size, old.root, old.note, old.signed_at)
    then
        raise exception 'seals are append-only: a checkpoint is published once and never changed'
            using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create function integrity.only_append() returns trigger language plpgsql as $$
begin
    if new.size <= (select max(checkpoint.size) from integrity.checkpoint) then
        raise exception 'seals are append-only: the next checkpoint is larger than the newest'
            using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger log_key_is_never_changed before update or delete or truncate on integrity.log_key
    for each statement execute function integrity.refuse_change();

create trigger cosignature_is_never_changed before update or delete or truncate on integrity.cosignature
    for each statement execute function integrity.refuse_change();

create trigger checkpoint_is_never_deleted before delete or truncate on integrity.checkpoint
    for each statement execute function integrity.refuse_change();

create trigger checkpoint_is_only_published before update on integrity.checkpoint
    for each row execute function integrity.only_publish();

create trigger checkpoint_is_only_appended before insert on integrity.checkpoint
    for each row execute function integrity.only_append();
