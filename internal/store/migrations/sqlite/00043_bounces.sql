-- +goose Up

-- alert_bounces: mails that came back for a reason that may pass. Several of them in
-- some time mean that the address takes no mail.
CREATE TABLE alert_bounces (
    mail   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    at     BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX alert_bounces_holder ON alert_bounces (holder);

-- +goose Down
DROP TABLE alert_bounces;
