-- The vault: personal data under keys that can be destroyed. No column here holds anything readable.

create schema if not exists vault;

-- Which master key wraps the data keys. The fingerprint is derived, and tells a wrong key from a lost row.
create table vault.master_key (
    id          text  primary key,
    fingerprint bytea not null check (length(fingerprint) = 32)
);

-- One key per subject and purpose; its id is never used again. Without `wrapped` the row is a tombstone.
create table vault.data_key (
    id         uuid   primary key,
    subject    uuid   not null,
    purpose    text   not null,
    master_key text   not null references vault.master_key (id),
    wrapped    bytea,                                         -- nonce and ciphertext of the key
    created_at bigint not null,                               -- microseconds since 1970, UTC
    erased_at  bigint,
    unique (subject, purpose),
    check ((wrapped is null) = (erased_at is not null))
);

-- One part of personal data. Without `sealed` the row is a tombstone.
create table vault.part (
    c          bytea  primary key check (length(c) = 32),     -- the commitment a fact carries
    command    uuid   not null,
    stream     uuid   not null,
    subject    uuid   not null,
    kind       text   not null,
    data_key   uuid   not null references vault.data_key (id),
    sealed     bytea,                                         -- nonce and ciphertext
    created_at bigint not null,
    erased_at  bigint,
    check ((sealed is null) = (erased_at is not null))
);

-- The sweep looks at parts by age.
create index part_by_age on vault.part (created_at, c) where sealed is not null;
