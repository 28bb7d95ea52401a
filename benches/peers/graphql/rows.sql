-- Two tables, filled from the program's own answers: one JSON object a line on standard input.
-- Moments and words are text as they are answered, so that no server has to make them.
\set ON_ERROR_STOP on
\set QUIET on

create temporary table answer (id integer generated always as identity, it json not null);
\copy answer (it) from pstdin with (format csv, delimiter e'\x02', quote e'\x01')

create table dossier (
    id               integer primary key,
    code             text    not null unique,
    status           text    not null,
    status_vi        text    not null,
    status_en        text    not null,
    procedure_code   text,
    procedure_vi     text,
    procedure_en     text,
    office_code      text    not null,
    office_vi        text    not null,
    received_at      text    not null,
    due_at           text    not null,
    original_due_at  text    not null,
    due_certainty    text    not null,
    timeliness       text    not null,
    channel          text    not null,
    slack_days       integer,
    progress_percent integer not null,
    next_step_vi     text    not null,
    next_step_en     text    not null,
    payment_awaited  boolean not null,
    apologies        integer not null
);

create table step (
    dossier_id integer not null references dossier,
    position   bigint  not null,
    at         text    not null,
    label_vi   text    not null,
    primary key (dossier_id, position)
);

insert into dossier
select id, it ->> 'code', it ->> 'status', it #>> '{statusLabel,vi}', it #>> '{statusLabel,en}',
       it ->> 'procedureCode', it #>> '{procedureName,vi}', it #>> '{procedureName,en}',
       it #>> '{office,code}', it #>> '{office,name,vi}', it ->> 'receivedAt', it ->> 'dueAt', it ->> 'originalDueAt',
       it ->> 'dueCertainty', it ->> 'timeliness', it ->> 'channel', (it ->> 'slackDays')::integer,
       (it ->> 'progressPercent')::integer, it #>> '{nextStep,vi}', it #>> '{nextStep,en}',
       (it ->> 'paymentAwaited')::boolean, (it ->> 'apologies')::integer
from answer;

insert into step
select id, (step ->> 'position')::bigint, step ->> 'at', step #>> '{label,vi}'
from answer, json_array_elements(it -> 'history') as step;

vacuum analyze dossier, step;
