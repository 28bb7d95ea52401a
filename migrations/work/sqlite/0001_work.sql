-- How far each reaction has come. Losing all of this sends again what was sent; it changes nothing that is on record.

create table work (
    name        text    primary key,              -- the reaction, and for whom: `webhook:zalo-gateway`
    position    integer not null,                 -- of the journal: everything below is done
    due_at      integer not null,                 -- all times: microseconds since 1970, UTC, of the database's clock
    attempts    integer not null default 0,       -- that failed at this position
    owner       text,                             -- the node that is at it
    lease_until integer                           -- until then no other takes it
) strict;

-- Who is told of what happens.
create table subscriber (
    name       text    primary key,
    id         text    not null,                  -- random; the secret is derived from it
    url        text    not null,
    office     text    not null,                  -- whose dossiers; * for all
    kinds      text    not null,                  -- JSON: types of facts; empty for what the public history tells
    state      text    not null,                  -- active, paused, gone
    why        text,                              -- it does not get anything
    created_at integer not null
) strict;

-- What was sent, and what came back: enough to answer for it, nothing of what was said.
create table delivery (
    number     integer primary key,
    subscriber text    not null,
    position   integer not null,
    at         integer not null,
    attempt    integer not null,
    status     integer,                           -- of HTTP; none when nothing was answered
    error      text,
    bytes      integer not null,
    ms         integer not null
) strict;

create index delivery_subscriber on delivery (subscriber, number);

-- What a receiver refused to the end: the rest went on without it.
create table dead_letter (
    subscriber text    not null,
    position   integer not null,
    at         integer not null,
    attempts   integer not null,
    why        text    not null,
    primary key (subscriber, position)
) strict;
