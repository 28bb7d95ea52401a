-- Roles of a motcua database, least privilege. Once, as a superuser, on the new database:
--   psql -d motcua -f roles.sql
-- Then give passwords: \password motcua_owner, \password motcua_serve, \password motcua_read
--
--   motcua_owner  owns the tables, and nobody serves with it: `motcua init`, and the first start of every new version
--   motcua_serve  the nodes, `doctor`, `vault`, `signer`, `erase`, `token`, …
--   motcua_read   `verify`, `export`, `history`, `diff`: facts and seals, never the vault
--   motcua_copy   streaming replication
create role motcua_owner login;
create role motcua_serve login connection limit 160;
create role motcua_read  login connection limit 40;
create role motcua_copy  login replication;

select format('alter database %I owner to motcua_owner', current_database()) \gexec
select format('revoke all on database %I from public', current_database()) \gexec
-- Every start says "create schema if not exists", which PostgreSQL allows only to whoever may create one. What the role may
-- not do all the same is refused by the event trigger below.
select format('grant connect, create on database %I to motcua_serve', current_database()) \gexec
select format('grant connect on database %I to motcua_read', current_database()) \gexec
revoke all on schema public from public;

-- Not the owner's and not the nodes': a superuser's function, and only a superuser takes it away.
create schema motcua_guard;
create function motcua_guard.refuse_ddl() returns event_trigger language plpgsql as $$
begin
    if session_user in ('motcua_serve', 'motcua_read') and exists (select from pg_event_trigger_ddl_commands()) then
        raise exception '% may not make or change anything in this database', session_user
            using errcode = 'insufficient_privilege',
                  hint = 'a new version is started once as motcua_owner: see docs/operate/two-nodes.md';
    end if;
end
$$;
create event trigger motcua_serve_makes_nothing on ddl_command_end execute function motcua_guard.refuse_ddl();
