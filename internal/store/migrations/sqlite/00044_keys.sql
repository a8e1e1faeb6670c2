-- +goose Up

-- alert_keys: the OpenPGP keys of readers who want their mail encrypted.
CREATE TABLE alert_keys (
    holder TEXT   NOT NULL PRIMARY KEY,
    key    BLOB  NOT NULL, -- encrypted: it holds names and addresses
    set_at BIGINT NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE alert_keys;
