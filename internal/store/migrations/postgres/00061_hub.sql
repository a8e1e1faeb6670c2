-- +goose Up

-- hub_subscriptions: who is sent which feed (WebSub). Neither callbacks nor secrets are
-- kept in the clear: a callback is as good as a key to somebody's reader.
CREATE TABLE hub_subscriptions (
    id            TEXT   NOT NULL PRIMARY KEY,
    topic         TEXT   NOT NULL, -- the address of a feed of ours
    caller        TEXT   NOT NULL, -- keyed hash of the callback
    host          TEXT   NOT NULL, -- keyed hash of the callback's domain
    callback      BYTEA  NOT NULL, -- encrypted
    secret        BYTEA  NOT NULL, -- encrypted; what signs deliveries
    expires_at    BIGINT NOT NULL,
    delivered     TEXT   NOT NULL, -- ETag of what the subscriber has
    next_at       BIGINT NOT NULL, -- when it is sent next; 0 where nothing is to be sent
    attempts      BIGINT NOT NULL, -- in vain, since the last success
    failing_since BIGINT NOT NULL  -- 0 where the last attempt was none in vain
);
CREATE UNIQUE INDEX hub_subscriptions_caller ON hub_subscriptions (topic, caller);
CREATE INDEX hub_subscriptions_host ON hub_subscriptions (host);
CREATE INDEX hub_subscriptions_due ON hub_subscriptions (next_at) WHERE next_at > 0;
CREATE INDEX hub_subscriptions_expires ON hub_subscriptions (expires_at);

-- hub_requests: what was asked for and whose owner did not confirm it yet.
CREATE TABLE hub_requests (
    id         TEXT   NOT NULL PRIMARY KEY,
    mode       TEXT   NOT NULL, -- subscribe, unsubscribe
    topic      TEXT   NOT NULL,
    caller     TEXT   NOT NULL,
    host       TEXT   NOT NULL,
    callback   BYTEA  NOT NULL, -- encrypted
    secret     BYTEA  NOT NULL, -- encrypted
    lease      BIGINT NOT NULL, -- seconds
    created_at BIGINT NOT NULL,
    next_at    BIGINT NOT NULL, -- when its owner is asked next
    attempts   BIGINT NOT NULL
);
CREATE UNIQUE INDEX hub_requests_caller ON hub_requests (topic, caller);
CREATE INDEX hub_requests_host ON hub_requests (host);
CREATE INDEX hub_requests_due ON hub_requests (next_at);

-- hub_topics: the ETag of each feed that somebody is sent, when it was looked at last.
CREATE TABLE hub_topics (
    topic TEXT NOT NULL PRIMARY KEY,
    tag   TEXT NOT NULL
);

-- hub_pings: feeds of which an outside hub is told, by the address of the feed.
CREATE TABLE hub_pings (
    topic         TEXT   NOT NULL PRIMARY KEY,
    tag           TEXT   NOT NULL, -- ETag of what it was told of
    next_at       BIGINT NOT NULL, -- when it is told next; 0 where there is nothing to tell
    attempts      BIGINT NOT NULL,
    failing_since BIGINT NOT NULL
);
CREATE INDEX hub_pings_due ON hub_pings (next_at) WHERE next_at > 0;

-- hub_changes: that something changed and no feed was looked at since.
CREATE TABLE hub_changes (
    what TEXT   NOT NULL PRIMARY KEY,
    at   BIGINT NOT NULL -- the first change
);

-- +goose Down
DROP TABLE hub_changes;
DROP TABLE hub_pings;
DROP TABLE hub_topics;
DROP TABLE hub_requests;
DROP TABLE hub_subscriptions;
