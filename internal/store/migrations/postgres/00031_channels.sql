-- +goose Up

-- channels: the operator's own, as the file of channels names them. What each is told of
-- is a subscription whose holder is "channel:" and the name. No target and no secret
-- is kept here.
CREATE TABLE channels (
    name          TEXT   NOT NULL PRIMARY KEY,
    target        TEXT   NOT NULL, -- hash, to notice another one
    state         TEXT   NOT NULL, -- active, off
    reason        TEXT   NOT NULL, -- why it is off
    failing_since BIGINT NOT NULL, -- 0 while it works
    changed_at    BIGINT NOT NULL  -- of the state
);

-- channel_deliveries: a message is kept as its bytes before it is sent, and for no longer
-- than until it is. A channel has one that waits at most: what comes meanwhile is the next.
CREATE TABLE channel_deliveries (
    id         TEXT   NOT NULL PRIMARY KEY,
    channel    TEXT   NOT NULL REFERENCES channels (name) ON DELETE CASCADE,
    bytes      BYTEA  NOT NULL, -- empty once it was sent
    created_at BIGINT NOT NULL,
    next_at    BIGINT NOT NULL, -- when it is tried next
    attempts   BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    failed_at  BIGINT NOT NULL  -- given up
);
CREATE INDEX channel_deliveries_waiting ON channel_deliveries (next_at) WHERE sent_at = 0 AND failed_at = 0;
CREATE UNIQUE INDEX channel_deliveries_one ON channel_deliveries (channel) WHERE sent_at = 0 AND failed_at = 0;
CREATE INDEX channel_deliveries_channel ON channel_deliveries (channel, created_at);

-- channel_attempts: what came of the last attempts to send.
CREATE TABLE channel_attempts (
    channel  TEXT   NOT NULL REFERENCES channels (name) ON DELETE CASCADE,
    at       BIGINT NOT NULL,
    delivery TEXT   NOT NULL,
    status   BIGINT NOT NULL, -- of HTTP; 0 where there was no answer
    millis   BIGINT NOT NULL, -- how long it took
    class    TEXT   NOT NULL, -- what went wrong, in one word; empty where nothing did
    PRIMARY KEY (channel, at, delivery)
);

-- +goose Down
DROP TABLE channel_attempts;
DROP TABLE channel_deliveries;
DROP TABLE channels;
