-- +goose Up

-- opinions: what a language model said of an item, beside our tags and never one of
-- them. No list is narrowed by it.
CREATE TABLE opinions (
    item       BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    model      TEXT   NOT NULL,
    facet      TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    place      BIGINT NOT NULL, -- the order in which the model's words are shown
    confidence REAL   NOT NULL, -- 0 where the model gave none
    reason     TEXT   NOT NULL,
    about      BIGINT NOT NULL, -- content_changed_at of the item as the model read it
    asked_at   BIGINT NOT NULL,
    PRIMARY KEY (item, model, facet, value)
) WITHOUT ROWID;

-- opinion_requests: how often models were asked on a day, over all processes.
CREATE TABLE opinion_requests (
    day      TEXT   NOT NULL PRIMARY KEY, -- of UTC
    requests BIGINT NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE opinion_requests;
DROP TABLE opinions;
