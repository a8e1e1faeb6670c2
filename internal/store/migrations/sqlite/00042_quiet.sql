-- +goose Up

-- The hours, in the subscriber's zone, in which mail at once waits: from the one to
-- before the other. Two equal ones are none.
ALTER TABLE alert_subscriptions ADD COLUMN quiet_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alert_subscriptions ADD COLUMN quiet_to BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE alert_subscriptions DROP COLUMN quiet_to;
ALTER TABLE alert_subscriptions DROP COLUMN quiet_from;
