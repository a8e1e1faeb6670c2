-- +goose Up

-- alert_subscriptions: who wants to hear of what. An address is never kept in the clear.
CREATE TABLE alert_subscriptions (
    id         TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL, -- keyed hash of the address
    address    BYTEA  NOT NULL, -- encrypted
    topic      TEXT   NOT NULL, -- everything, texts, bills, dates
    filter     TEXT   NOT NULL, -- as in an address of ours
    cadence    TEXT   NOT NULL, -- instant, daily, weekly
    hour       BIGINT NOT NULL, -- in the zone
    weekday    BIGINT NOT NULL, -- 0 is Sunday
    zone       TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- pending, active, paused
    created_at BIGINT NOT NULL,
    since      BIGINT NOT NULL, -- what is older is not news to them
    next_at    BIGINT NOT NULL  -- when the next mail is due; 0 where none is
);
CREATE INDEX alert_subscriptions_holder ON alert_subscriptions (holder);
CREATE INDEX alert_subscriptions_due ON alert_subscriptions (state, next_at);

-- alert_news: what happened and was told to nobody yet, written with what caused it.
CREATE TABLE alert_news (
    ref   TEXT   NOT NULL PRIMARY KEY, -- item:1, event:id, candidate:1
    thing TEXT   NOT NULL, -- what is told once: the item's story, the event without its origin
    at    BIGINT NOT NULL, -- when we saw it
    until BIGINT NOT NULL  -- the last moment that its own date can mean
);

-- alert_mails: every mail is kept as its bytes before it is sent, and for no longer than
-- until it is.
CREATE TABLE alert_mails (
    id           TEXT   NOT NULL PRIMARY KEY, -- in its Message-ID
    subscription TEXT   NOT NULL REFERENCES alert_subscriptions (id) ON DELETE CASCADE,
    bytes        BYTEA  NOT NULL, -- encrypted; empty once it was sent
    created_at   BIGINT NOT NULL,
    next_at      BIGINT NOT NULL, -- when it is tried next
    attempts     BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL,
    failed_at    BIGINT NOT NULL, -- given up
    outcome      TEXT   NOT NULL  -- the server's last code, without its words
);
CREATE INDEX alert_mails_waiting ON alert_mails (next_at) WHERE sent_at = 0 AND failed_at = 0;
CREATE INDEX alert_mails_subscription ON alert_mails (subscription);

-- alert_notices: what a subscription is told, once.
CREATE TABLE alert_notices (
    subscription TEXT   NOT NULL REFERENCES alert_subscriptions (id) ON DELETE CASCADE,
    thing        TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    mail         TEXT   NOT NULL, -- the mail that tells it; empty while it waits
    PRIMARY KEY (subscription, thing)
);

-- alert_suppressed: addresses that a server refused for good.
CREATE TABLE alert_suppressed (
    holder TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    code   TEXT   NOT NULL
);

-- alert_limits: how often somebody asked for mail to be sent.
CREATE TABLE alert_limits (
    who    TEXT   NOT NULL, -- keyed hash of an address, a domain or a network
    hour   BIGINT NOT NULL, -- since 1970
    asked  BIGINT NOT NULL,
    PRIMARY KEY (who, hour)
);

-- +goose Down
DROP TABLE alert_limits;
DROP TABLE alert_suppressed;
DROP TABLE alert_notices;
DROP TABLE alert_mails;
DROP TABLE alert_news;
DROP TABLE alert_subscriptions;
