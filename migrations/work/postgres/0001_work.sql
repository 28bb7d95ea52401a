-- How far each reaction has come. Losing all of this sends again what was sent; it changes nothing that is on record.

create schema if not exists work;

create table work.work (
    name        text   primary key,               -- the reaction, and for whom: `webhook:zalo-gateway`
    position    bigint not null,                  -- of the journal: everything below is done
    due_at      bigint not null,                  -- all times: microseconds since 1970, UTC, of the database's clock
    attempts    bigint not null default 0,        -- that failed at this position
    owner       text,                             -- the node that is at it
    lease_until bigint                            -- until then no other takes it
);

-- Who is told of what happens.
create table work.subscriber (
    name       text   primary key,
    id         text   not null,                   -- random; the secret is derived from it
    url        text   not null,
    office     text   not null,                   -- whose dossiers; * for all
    kinds      text   not null,                   -- JSON: types of facts; empty for what the public history tells
    state      text   not null,                   -- active, paused, gone
    why        text,                              -- it does not get anything
    created_at bigint not null
);

-- What was sent, and what came back: enough to answer for it, nothing of what was said.
create table work.delivery (
    number     bigint generated always as identity primary key,
    subscriber text   not null,
    position   bigint not null,
    at         bigint not null,
    attempt    bigint not null,
    status     bigint,                            -- of HTTP; none when nothing was answered
    error      text,
    bytes      bigint not null,
    ms         bigint not null
);

create index delivery_subscriber on work.delivery (subscriber, number);

-- What a receiver refused to the end: the rest went on without it.
create table work.dead_letter (
    subscriber text   not null,
    position   bigint not null,
    at         bigint not null,
    attempts   bigint not null,
    why        text   not null,
    primary key (subscriber, position)
);
