-- What a node needs to serve, and no more: it adds facts by one function and never changes one, and it makes no tables.
grant usage on schema journal, integrity, vault, work, nodes to {role};
grant select on all tables in schema journal, integrity, vault, work, nodes to {role};
grant execute on function journal.look, journal.append to {role};
-- Seals are added; a checkpoint is published once.
grant insert on integrity.log_key, integrity.checkpoint, integrity.cosignature to {role};
grant update (published_at) on integrity.checkpoint to {role};
-- Personal data can be destroyed; how far work has come, and who serves, is no record.
grant insert, update, delete on vault.wrapping_key, vault.data_key, vault.part to {role};
grant insert, update, delete on work.work, work.subscriber, work.delivery, work.dead_letter to {role};
grant insert, update on nodes.node to {role};
grant usage on all sequences in schema integrity, work to {role};
