-- +goose Up

-- What changed since a moment is read off this index, in the order of the changes.
CREATE INDEX items_changed ON items (content_changed_at, id);

-- +goose Down
DROP INDEX items_changed;
