-- What a batch of commands brings, in one call, which is one round trip and one transaction. Nothing is stored when a new key's owner has
-- a key already, when a key that the parts use is destroyed, or when the wrapping key is retired: then the owners' keys are told.
create function vault.deposit(
    key_ids uuid[], key_subjects uuid[], key_purposes text[], wrapping_keys text[], wrapped_keys bytea[],
    commitments bytea[], commands uuid[], streams uuid[], subjects uuid[], kinds text[], data_keys uuid[],
    sealed_parts bytea[], files uuid[], tags bytea[], tagged_under text[], moment bigint)
    returns table (stored boolean, id uuid, subject uuid, purpose text, wrapping_key text, wrapped bytea)
    language plpgsql volatile as $$
#variable_conflict use_column
declare
    used uuid[] := array(select unnest(data_keys) except select unnest(key_ids));
    held bigint;
    made bigint := 0;
begin
    -- An erasure waits until the parts that use these keys are stored, and then finds them.
    perform 1 from vault.data_key as k where k.id = any (used) and k.wrapped is not null
        order by k.subject, k.purpose for share;
    get diagnostics held = row_count;
    if held = cardinality(used) and not exists (
        select 1 from unnest(key_subjects, key_purposes) as new (subject, purpose)
            join vault.data_key as k on k.subject = new.subject and k.purpose = new.purpose)
    then
        -- The keys come in order, so two batches with the same subjects wait for each other and never in a circle.
        insert into vault.data_key (id, subject, purpose, wrapping_key, wrapped, created_at)
            select new.id, new.subject, new.purpose, new.wrapping_key, new.wrapped, moment
            from unnest(key_ids, key_subjects, key_purposes, wrapping_keys, wrapped_keys)
                as new (id, subject, purpose, wrapping_key, wrapped)
            join vault.wrapping_key as w on w.id = new.wrapping_key and w.retired_at is null
            for share of w
            on conflict (subject, purpose) do nothing;
        get diagnostics made = row_count;
        if made = cardinality(key_ids) then
            insert into vault.part (c, command, stream, subject, kind, data_key, sealed, file, tag, tagged, created_at)
                select new.c, new.command, new.stream, new.subject, new.kind, new.data_key, new.sealed, new.file, new.tag, new.tagged, moment
                from unnest(commitments, commands, streams, subjects, kinds, data_keys, sealed_parts, files, tags, tagged_under)
                    as new (c, command, stream, subject, kind, data_key, sealed, file, tag, tagged);
            stored := true;
            return next;
            return;
        end if;
        -- Another node was faster with some of them.
        delete from vault.data_key as k where k.id = any (key_ids);
    end if;
    return query select false, k.id, k.subject, k.purpose, k.wrapping_key, k.wrapped
        from vault.data_key as k where k.subject = any (subjects);
end
$$;
