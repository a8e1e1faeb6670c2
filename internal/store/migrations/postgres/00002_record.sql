-- +goose Up

-- record_entries: what the curated record held at the last start, to know what a new
-- version of it changed. The record itself stays in its files.
CREATE TABLE record_entries (
    kind               TEXT   NOT NULL, -- dossier, actor, jurisdiction
    id                 TEXT   NOT NULL,
    digest             TEXT   NOT NULL,
    content_changed_at BIGINT NOT NULL,
    removed_at         BIGINT NOT NULL, -- 0 while the record has it
    PRIMARY KEY (kind, id)
);

-- record_texts: which row of record_search is whose.
CREATE TABLE record_texts (
    number BIGINT NOT NULL PRIMARY KEY,
    kind   TEXT    NOT NULL, -- those of record_entries, and event
    id     TEXT    NOT NULL,
    digest TEXT    NOT NULL, -- of the words
    UNIQUE (kind, id)
);

-- record_search: the folded words of the record, as in item_search.
CREATE TABLE record_search (
    number BIGINT NOT NULL PRIMARY KEY,
    words  TEXT[] NOT NULL,
    title  TEXT   NOT NULL,
    body   TEXT   NOT NULL
);
CREATE INDEX record_search_words ON record_search USING gin (words);

-- candidates: bills that official sources state and that the record lacks.
CREATE TABLE candidates (
    id            BIGINT NOT NULL PRIMARY KEY,
    jurisdiction  TEXT   NOT NULL,
    title         TEXT   NOT NULL,
    first_stage   TEXT   NOT NULL,
    stage         TEXT   NOT NULL,
    stage_date    TEXT   NOT NULL,
    stage_text    TEXT   NOT NULL,
    measures      TEXT   NOT NULL, -- parted by spaces
    first_seen_at BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    dossier       TEXT   NOT NULL, -- the one that it became; empty until then
    resolved_at   BIGINT NOT NULL
);
CREATE INDEX candidates_open ON candidates (id) WHERE dossier = '';

-- candidate_ids: what makes two sightings of a bill one candidate.
CREATE TABLE candidate_ids (
    jurisdiction TEXT   NOT NULL,
    official_id  TEXT   NOT NULL, -- normalised
    written      TEXT   NOT NULL, -- as the source has it
    candidate    BIGINT NOT NULL REFERENCES candidates (id) ON DELETE CASCADE,
    place        BIGINT NOT NULL, -- the order in which the candidate got them
    PRIMARY KEY (jurisdiction, official_id)
);
CREATE INDEX candidate_ids_candidate ON candidate_ids (candidate);

CREATE TABLE candidate_items (
    candidate BIGINT NOT NULL REFERENCES candidates (id) ON DELETE CASCADE,
    item      BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    PRIMARY KEY (candidate, item)
);
CREATE INDEX candidate_items_item ON candidate_items (item);

-- dossier_events: events of dossiers that machines noticed, beside the curated ones.
CREATE TABLE dossier_events (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    dossier TEXT COLLATE "C" NOT NULL,
    origin  TEXT   NOT NULL, -- crawled, suggested
    stage   TEXT   NOT NULL,
    date    TEXT   NOT NULL, -- partial dates stay partial
    begins  BIGINT NOT NULL, -- the first moment that the date can mean
    ends    BIGINT NOT NULL,
    title   TEXT   NOT NULL,
    body    TEXT   NOT NULL, -- chamber, committee or authority
    source  TEXT   NOT NULL, -- address
    grade   TEXT   NOT NULL,
    item    BIGINT NOT NULL, -- the first that stated it
    seen_at BIGINT NOT NULL
);
CREATE INDEX dossier_events_order ON dossier_events (origin, begins, id);
CREATE INDEX dossier_events_dossier ON dossier_events (dossier, origin, stage, begins);

-- dossier_event_items: every item that states an event.
CREATE TABLE dossier_event_items (
    event TEXT COLLATE "C" NOT NULL REFERENCES dossier_events (id) ON DELETE CASCADE,
    item  BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    PRIMARY KEY (event, item)
);
CREATE INDEX dossier_event_items_item ON dossier_event_items (item);

-- +goose Down
DROP TABLE dossier_event_items;
DROP TABLE dossier_events;
DROP TABLE candidate_items;
DROP TABLE candidate_ids;
DROP TABLE candidates;
DROP TABLE record_search;
DROP TABLE record_texts;
DROP TABLE record_entries;
