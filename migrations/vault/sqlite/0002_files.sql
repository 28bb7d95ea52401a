-- A part may say where an enciphered file lies, and hold its key. The id is random and tells nothing.
alter table part add column file blob check (file is null or length(file) = 16);

-- The sweep of files asks which of them a living part names.
create index part_by_file on part (file) where file is not null;
