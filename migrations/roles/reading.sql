-- For auditors and their tools: what is recorded and how it was sealed. No personal data, not even enciphered.
grant usage on schema journal, integrity, nodes to {role};
grant select on all tables in schema journal, integrity, nodes to {role};
