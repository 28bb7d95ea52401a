-- Whoever serves calls these two and needs no right to the tables: what does not continue the journal cannot be written.
alter function journal.look(uuid[], int[], uuid[]) security definer set search_path = pg_catalog, pg_temp;
alter function journal.append(bigint, uuid[], int[], bigint[], bytea[], bytea[], uuid[], int[], bytea[], uuid[], bytea[], bigint[], int[])
    security definer set search_path = pg_catalog, pg_temp;
revoke execute on function journal.look(uuid[], int[], uuid[]) from public;
revoke execute on function journal.append(bigint, uuid[], int[], bigint[], bytea[], bytea[], uuid[], int[], bytea[], uuid[], bytea[], bigint[], int[])
    from public;
