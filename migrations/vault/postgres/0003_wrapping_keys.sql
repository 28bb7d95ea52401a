-- Wrapping keys follow one another: exactly one takes new data keys, the retired ones wait until no backup is older than
-- them, and are destroyed. With them every backup goes that was made before.
alter table vault.master_key rename to wrapping_key;
alter table vault.wrapping_key
    add column begun_at     bigint not null default 0, -- microseconds since 1970, UTC
    add column retired_at   bigint,                    -- wraps nothing new since
    add column condemned_at bigint,                    -- its destruction has begun
    add column destroyed_at bigint;
alter table vault.data_key rename column master_key to wrapping_key;

-- One is current.
create unique index wrapping_key_current on vault.wrapping_key ((1)) where retired_at is null;

-- A living part may be found by the number or telephone that it holds: a keyed hash, under the wrapping key that is named.
alter table vault.part
    add column tag    bytea check (length(tag) = 16),
    add column tagged text references vault.wrapping_key (id);
create index part_by_tag on vault.part (tag) where tag is not null;
-- Names are looked for among the dossiers of an office.
create index part_by_stream on vault.part (stream) where sealed is not null and kind = 'applicant';
