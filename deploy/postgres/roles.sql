-- Roles of a motcua database, least privilege. As a superuser, on the new database; may be run again at will, and is after a
-- restore from a dump, which does not carry what is granted on the database itself:
--   psql -d motcua -v ON_ERROR_STOP=1 -f roles.sql
-- New roles have no password: \password motcua_owner, \password motcua_serve, …
--
--   motcua_owner  owns the tables, and nobody serves with it: `motcua init`, and the first start of every new version
--   motcua_serve  the nodes, `doctor`, `vault`, `signer`, `erase`, `token`, …
--   motcua_read   `verify`, `export`, `history`, `diff`: facts and seals, never the vault
--   motcua_copy   streaming replication
select format('create role %I login', name) from unnest(array['motcua_owner', 'motcua_serve', 'motcua_read', 'motcua_copy']) as name
    where not exists (select from pg_roles where rolname = name) \gexec
alter role motcua_serve connection limit 160;
alter role motcua_read connection limit 40;
alter role motcua_copy replication;

select format('alter database %I owner to motcua_owner', current_database()) \gexec
select format('revoke all on database %I from public', current_database()) \gexec
-- Every start says "create schema if not exists", which PostgreSQL allows only to whoever may create one. What the role may
-- not do all the same is refused by the event trigger below.
select format('grant connect, create on database %I to motcua_serve', current_database()) \gexec
select format('grant connect on database %I to motcua_read', current_database()) \gexec
revoke all on schema public from public;

-- Not the owner's and not the nodes': a superuser's function, and only a superuser takes it away.
create schema if not exists motcua_guard;
create or replace function motcua_guard.refuse_ddl() returns event_trigger language plpgsql as $$
begin
    if session_user in ('motcua_serve', 'motcua_read') and exists (select from pg_event_trigger_ddl_commands()) then
        raise exception '% may not make or change anything in this database', session_user
            using errcode = 'insufficient_privilege',
                  hint = 'a new version is started once as motcua_owner: see docs/operate/two-nodes.md';
    end if;
end
$$;
drop event trigger if exists motcua_serve_makes_nothing;
create event trigger motcua_serve_makes_nothing on ddl_command_end execute function motcua_guard.refuse_ddl();
