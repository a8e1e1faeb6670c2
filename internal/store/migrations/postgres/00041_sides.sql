-- +goose Up

-- record_positions: where each actor stood last, as the curated record had it when it
-- was last taken in, to know who takes another side in a new version of it.
CREATE TABLE record_positions (
    dossier TEXT NOT NULL,
    actor   TEXT NOT NULL,
    side    TEXT NOT NULL,
    date    TEXT NOT NULL, -- partial dates stay partial; empty where it is not known
    PRIMARY KEY (dossier, actor)
);

-- side_changes: who took another side than before, since we look.
CREATE TABLE side_changes (
    id      TEXT   NOT NULL PRIMARY KEY,
    thing   TEXT   NOT NULL, -- the same for one change as a text told it and as the record has it
    dossier TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    before  TEXT   NOT NULL,
    side    TEXT   NOT NULL,
    date    TEXT   NOT NULL,
    claim   TEXT   NOT NULL, -- in our own words; of a text its title
    source  TEXT   NOT NULL, -- address
    grade   TEXT   NOT NULL,
    item    BIGINT NOT NULL, -- the text in which a machine read it; 0 where the record has it
    seen_at BIGINT NOT NULL
);
CREATE INDEX side_changes_seen ON side_changes (seen_at);

-- +goose Down
DROP TABLE side_changes;
DROP TABLE record_positions;
