-- What the nodes and the readers may do with the tables. As motcua_owner, after `motcua init` and after the first start of
-- every new version; may be run again at will:
--   psql -U motcua_owner -d motcua -f grants.sql
begin;

-- Nothing is left of what was granted before.
revoke all on all tables in schema journal, integrity, vault, work from motcua_serve, motcua_read;
revoke all on all functions in schema journal, integrity, vault, work from public, motcua_serve, motcua_read;
revoke all on schema journal, integrity, vault, work from public, motcua_serve, motcua_read;

-- `create` is for the "create table if not exists" of every start; see roles.sql.
grant usage, create on schema journal, integrity, vault, work to motcua_serve;
grant select on journal.migration, integrity.migration, vault.migration, work.migration to motcua_serve;

-- The journal: facts are read, and added by the one function that keeps them in order. It runs with the owner's rights, so the
-- nodes need no right to insert: a row that is put beside the order would stop every node (JOURNAL_GAP).
alter function journal.look   security definer set search_path = journal, pg_catalog, pg_temp;
alter function journal.append security definer set search_path = journal, pg_catalog, pg_temp;
grant execute on function journal.look, journal.append to motcua_serve;
grant select on journal.entry, journal.stream, journal.command, journal.lock to motcua_serve;
-- An act of many dossiers is one command that grows.
grant update (entries) on journal.command to motcua_serve;

-- The seals: added; a checkpoint is published once.
grant select, insert on integrity.log_key, integrity.checkpoint, integrity.cosignature to motcua_serve;
grant update (published_at) on integrity.checkpoint to motcua_serve;

-- The vault: parts are swept and destroyed. That has to be possible, and is why its backups are kept apart.
grant select, insert, update on vault.wrapping_key, vault.data_key to motcua_serve;
grant select, insert, update, delete on vault.part to motcua_serve;

-- What is told to other systems.
grant select, insert, update, delete on all tables in schema work to motcua_serve;
grant usage on all sequences in schema work, integrity to motcua_serve;

-- Readers: facts and seals hold no personal data.
grant usage on schema journal, integrity to motcua_read;
grant select on all tables in schema journal, integrity to motcua_read;

commit;
