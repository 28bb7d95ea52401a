-- Who serves this journal, as each node told last. Losing it loses nothing: nodes tell it again within a minute. It has migrations of
-- its own, so that a program which does not know of it goes on.

create table node (
    name    text    primary key,  -- host and folder
    program text    not null,     -- its version
    reads   integer not null,     -- the newest format of facts that it reads
    seen_at integer not null      -- microseconds since 1970, UTC, of the machine's clock
) strict;
