-- Offers, articles and the like that decisions were made from, once each however many sales name
-- them: the name is the first 16 bytes of the SHA-256 of the body. `day` is when a decision named
-- it last, as days since 0001-01-01, noted once a week.
CREATE TABLE part (
    name BLOB PRIMARY KEY,
    day INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE INDEX part_by_day ON part (day);

-- What this incarnation used of each offer, up to meta `spent_upto`: quotas outlive their rows.
CREATE TABLE spent (
    kind TEXT NOT NULL,
    offer_id TEXT NOT NULL,
    used INTEGER NOT NULL,
    gave_back INTEGER NOT NULL,
    PRIMARY KEY (kind, offer_id)
) STRICT, WITHOUT ROWID;
