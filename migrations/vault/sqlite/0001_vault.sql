-- The vault: personal data under keys that can be destroyed. No column here holds anything readable.

-- Which master key wraps the data keys. The fingerprint is derived, and tells a wrong key from a lost row.
create table master_key (
    id          text primary key,
    fingerprint blob not null check (length(fingerprint) = 32)
) strict, without rowid;

-- One key per subject and purpose; its id is never used again. Without `wrapped` the row is a tombstone.
create table data_key (
    id         blob    primary key check (length(id) = 16),
    subject    blob    not null check (length(subject) = 16),
    purpose    text    not null,
    master_key text    not null references master_key (id),
    wrapped    blob,                                         -- nonce and ciphertext of the key
    created_at integer not null,                             -- microseconds since 1970, UTC
    erased_at  integer,
    unique (subject, purpose),
    check ((wrapped is null) = (erased_at is not null))
) strict, without rowid;

-- One part of personal data. Without `sealed` the row is a tombstone.
create table part (
    c          blob    not null unique check (length(c) = 32), -- the commitment a fact carries
    command    blob    not null check (length(command) = 16),
    stream     blob    not null check (length(stream) = 16),
    subject    blob    not null check (length(subject) = 16),
    kind       text    not null,
    data_key   blob    not null references data_key (id),
    sealed     blob,                                           -- nonce and ciphertext
    created_at integer not null,
    erased_at  integer,
    check ((sealed is null) = (erased_at is not null))
) strict;

-- The sweep looks at parts by age.
create index part_by_age on part (created_at, c) where sealed is not null;
