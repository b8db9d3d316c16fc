-- Who stands behind a pseudonym, where a post can be opened, and the bytes of dead letters. Never copied to a snapshot.

create table identities (
    platform varchar not null,
    author varchar not null,
    author_id struct(observed_at timestamptz, value varchar),
    handle struct(observed_at timestamptz, value varchar),
    name struct(observed_at timestamptz, value varchar),
    bio struct(observed_at timestamptz, value varchar),
    role struct(rules varchar, model varchar, observed_at timestamptz, value varchar)
);

create table aliases (platform varchar not null, alias varchar not null, author varchar not null);

create table permalinks (
    platform varchar not null,
    post_id varchar not null,
    author varchar,
    permalink struct(observed_at timestamptz, value varchar) not null
);

create table dead_letter_bytes (
    source varchar not null,
    place varchar not null,
    sha256 varchar not null,
    raw blob,
    spooled varchar
);

create table openings (opened_at timestamptz not null, opened_by varchar not null, reason varchar not null);
