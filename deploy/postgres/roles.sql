-- Roles of a motcua database. As a superuser, on the new database; may be run again at will, and is after a restore from a
-- dump, which does not carry what is granted on the database itself:
--   psql -d motcua -v ON_ERROR_STOP=1 -f roles.sql
-- New roles have no password: \password motcua_owner, \password motcua_serve, …
-- What they may do with the tables `motcua migrate --serving motcua_serve --reading motcua_read` grants, as motcua_owner.
--
--   motcua_owner  owns the tables, and nobody serves with it: `motcua migrate`, `motcua restore`, `motcua copy --to`
--   motcua_serve  the nodes, `init`, `doctor`, `vault`, `signer`, `erase`, `token`, `backup`, `recover`, …
--   motcua_read   `verify`, `export`, `history`, `diff`: facts and seals, never the vault
--   motcua_copy   streaming replication
select format('create role %I login', name) from unnest(array['motcua_owner', 'motcua_serve', 'motcua_read', 'motcua_copy']) as name
    where not exists (select from pg_roles where rolname = name) \gexec
alter role motcua_serve connection limit 160;
alter role motcua_read connection limit 40;
alter role motcua_copy replication;

select format('alter database %I owner to motcua_owner', current_database()) \gexec
select format('revoke all on database %I from public', current_database()) \gexec
select format('grant connect on database %I to motcua_serve, motcua_read', current_database()) \gexec
revoke all on schema public from public;
