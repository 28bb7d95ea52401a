-- Wrapping keys follow one another: exactly one takes new data keys, the retired ones wait until no backup is older than
-- them, and are destroyed. With them every backup goes that was made before.
alter table master_key rename to wrapping_key;
alter table wrapping_key add column begun_at integer not null default 0; -- microseconds since 1970, UTC
alter table wrapping_key add column retired_at integer;                  -- wraps nothing new since
alter table wrapping_key add column condemned_at integer;                -- its destruction has begun
alter table wrapping_key add column destroyed_at integer;
alter table data_key rename column master_key to wrapping_key;

-- One is current.
create unique index wrapping_key_current on wrapping_key ((1)) where retired_at is null;
-- A retired key takes nothing new: whoever did not know takes the current one.
create trigger data_key_wrapped before insert on data_key
when new.wrapped is not null and (select retired_at from wrapping_key where id = new.wrapping_key) is not null
begin
    select raise(ignore);
end;

-- A living part may be found by the number or telephone that it holds: a keyed hash, under the wrapping key that is named.
alter table part add column tag blob check (tag is null or length(tag) = 16);
alter table part add column tagged text references wrapping_key (id);
create index part_by_tag on part (tag) where tag is not null;
-- Names are looked for among the dossiers of an office.
create index part_by_stream on part (stream) where sealed is not null and kind = 'applicant';
