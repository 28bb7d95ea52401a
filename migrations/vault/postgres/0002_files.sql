-- A part may say where an enciphered file lies, and hold its key. The id is random and tells nothing.
alter table vault.part add column file uuid;

-- The sweep of files asks which of them a living part names.
create index part_by_file on vault.part (file) where file is not null;
