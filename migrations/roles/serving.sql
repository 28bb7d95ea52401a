-- What a node needs to serve, and no more: it adds facts and never changes one, and it makes no tables.
grant usage on schema journal, integrity, vault, work to {role};
grant select on all tables in schema journal, integrity, vault, work to {role};
-- Facts, and the two indexes of them. The lock is a row that nobody changes; PostgreSQL asks for this right to lock it.
grant insert on journal.entry, journal.stream, journal.command to {role};
grant update on journal.stream, journal.lock to {role};
grant update (entries) on journal.command to {role};
-- Seals are added; a checkpoint is published once.
grant insert on integrity.log_key, integrity.checkpoint, integrity.cosignature to {role};
grant update (published_at) on integrity.checkpoint to {role};
-- Personal data can be destroyed; how far work has come is no record.
grant insert, update, delete on vault.wrapping_key, vault.data_key, vault.part to {role};
grant insert, update, delete on work.work, work.subscriber, work.delivery, work.dead_letter to {role};
grant usage on all sequences in schema integrity, work to {role};
