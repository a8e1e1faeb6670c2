-- +goose Up

-- sources: what the catalogue says of each, and how each is doing.
CREATE TABLE sources (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    home          TEXT    NOT NULL,
    host          TEXT    NOT NULL,
    jurisdiction  TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    grade         TEXT    NOT NULL,
    licence       TEXT    NOT NULL,
    attribution   TEXT    NOT NULL,
    interval_ms   BIGINT  NOT NULL,
    disabled      TEXT    NOT NULL,
    listed        BOOLEAN NOT NULL, -- false once the catalogue no longer has it
    health        TEXT    NOT NULL DEFAULT 'new',
    detail        TEXT    NOT NULL DEFAULT '',
    tried_at      BIGINT  NOT NULL DEFAULT 0,
    succeeded_at  BIGINT  NOT NULL DEFAULT 0,
    next_at       BIGINT  NOT NULL DEFAULT 0,
    newest_at     BIGINT  NOT NULL DEFAULT 0,
    failures      BIGINT  NOT NULL DEFAULT 0,
    moved_to      TEXT    NOT NULL DEFAULT '',
    moved_seen    BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX sources_due ON sources (next_at) WHERE listed AND disabled = '';

-- validators: what a server said of the version that we have.
CREATE TABLE validators (
    url           TEXT NOT NULL PRIMARY KEY,
    etag          TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    digest        TEXT NOT NULL
) WITHOUT ROWID;

-- numbers: the last number given out; items never reuse one.
CREATE TABLE numbers (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO numbers (name, value) VALUES ('item', 0);

-- items: what a list shows. sort_key orders by (shown_at, id) in one number.
CREATE TABLE items (
    id                 INTEGER NOT NULL PRIMARY KEY,
    sort_key           BIGINT  NOT NULL,
    relevant           BOOLEAN NOT NULL,
    source             TEXT    NOT NULL,
    entry_id           TEXT    NOT NULL,
    url                TEXT    NOT NULL,
    canonical_url      TEXT    NOT NULL,
    title              TEXT    NOT NULL,
    byline             TEXT    NOT NULL,
    summary            TEXT    NOT NULL,
    opening            TEXT    NOT NULL, -- the first words of the text, where there is no summary
    language           TEXT    NOT NULL, -- as declared
    published          TEXT    NOT NULL, -- partial dates stay partial
    updated            TEXT    NOT NULL,
    kind               TEXT    NOT NULL, -- the source's usual one
    jurisdiction       TEXT    NOT NULL, -- the source's home
    grade              TEXT    NOT NULL,
    paywalled          BOOLEAN NOT NULL,
    tags               TEXT    NOT NULL, -- in brief, corrections applied, without evidence
    text_language      TEXT    NOT NULL, -- as detected, else as declared
    shown_at           BIGINT  NOT NULL,
    shown_end          BIGINT  NOT NULL, -- end of the span that a partial date means
    first_seen_at      BIGINT  NOT NULL,
    content_changed_at BIGINT  NOT NULL,
    verified_at        BIGINT  NOT NULL,
    content_hash       TEXT    NOT NULL, -- empty where there is too little text to compare
    story              BIGINT  NOT NULL,
    carried            BIGINT  NOT NULL  -- sightings in the whole story
);
CREATE UNIQUE INDEX items_sort_key ON items (sort_key);
CREATE INDEX items_relevant ON items (relevant, sort_key);
CREATE INDEX items_content_hash ON items (content_hash) WHERE content_hash <> '';
CREATE INDEX items_story ON items (story);

-- item_details: what only the item's own page needs, so that lists do not read it.
CREATE TABLE item_details (
    item     INTEGER NOT NULL PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
    text     TEXT NOT NULL,
    document TEXT NOT NULL, -- JSON: official ids, steps, attachments, capture, problems
    tags     TEXT NOT NULL  -- JSON: the classifier's own judgement, with its evidence
);

-- sightings: each source's copy of an item.
CREATE TABLE sightings (
    source        TEXT   NOT NULL,
    entry_id      TEXT   NOT NULL,
    item          BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    digest        TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    canonical_url TEXT   NOT NULL,
    title         TEXT   NOT NULL,
    seen_at       BIGINT NOT NULL,
    PRIMARY KEY (source, entry_id, item)
) WITHOUT ROWID;
CREATE INDEX sightings_item ON sightings (item);
CREATE INDEX sightings_address ON sightings (canonical_url) WHERE canonical_url <> '';

-- item_tags: every word by which a list can be narrowed, "facet:value", in the
-- order of the list, so that a page is read off the index and never sorted.
CREATE TABLE item_tags (
    tag      TEXT    NOT NULL,
    relevant BOOLEAN NOT NULL,
    sort_key BIGINT  NOT NULL,
    PRIMARY KEY (tag, relevant, sort_key)
) WITHOUT ROWID;
CREATE INDEX item_tags_item ON item_tags (sort_key);

CREATE TABLE corrections (
    id       INTEGER NOT NULL PRIMARY KEY,
    item     BIGINT  NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    facet    TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    verdict  TEXT    NOT NULL,
    made_by  TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    made_at  BIGINT  NOT NULL
);
CREATE INDEX corrections_item ON corrections (item);

-- story_bands: parts of the MinHash signature of each story's first item. It is
-- written more than all else, so it does not check that the item is there.
CREATE TABLE story_bands (
    band BIGINT NOT NULL,
    item BIGINT NOT NULL,
    PRIMARY KEY (band, item)
) WITHOUT ROWID;

-- story_signatures: the whole signature, one byte a row, to check candidates.
CREATE TABLE story_signatures (
    item      INTEGER NOT NULL PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
    signature BLOB    NOT NULL
);

-- host_gate: one request at a time per host, over all processes.
CREATE TABLE host_gate (
    host    TEXT   NOT NULL PRIMARY KEY,
    holder  TEXT   NOT NULL,
    free_at BIGINT NOT NULL
) WITHOUT ROWID;

-- progress: how far a long work got, so that it can be taken up again.
CREATE TABLE progress (
    work    TEXT   NOT NULL PRIMARY KEY,
    version TEXT   NOT NULL,
    item    BIGINT NOT NULL
) WITHOUT ROWID;

-- item_search: the folded words, by sort_key. It keeps no text of its own; the
-- words come folded and parted by spaces, so that "ascii" is all it has to do.
CREATE VIRTUAL TABLE item_search USING fts5 (
    title, summary, body, marks,
    content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- +goose Down
DROP TABLE item_search;
DROP TABLE progress;
DROP TABLE host_gate;
DROP TABLE story_signatures;
DROP TABLE story_bands;
DROP TABLE corrections;
DROP TABLE item_tags;
DROP TABLE sightings;
DROP TABLE item_details;
DROP TABLE items;
DROP TABLE numbers;
DROP TABLE validators;
DROP TABLE sources;
