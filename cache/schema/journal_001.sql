-- The lane's own truth. Statements end with a semicolon at the end of a line.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each thing that happened; cache/chain.py says what the hash covers.
CREATE TABLE row (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    body BLOB NOT NULL,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL,
    uid TEXT,
    ref TEXT
) STRICT;

-- Where a transaction's rows are, up to meta `settled`; the few rows above it are scanned. Written
-- many at a time: an index kept at every commit costs a page more to write and to sync.
CREATE TABLE place (
    uid TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (uid, seq)
) STRICT, WITHOUT ROWID;

-- Who a reference means. Outside the chain: an erasure deletes from here and nowhere else.
CREATE TABLE shopper (
    ref TEXT PRIMARY KEY,
    shopper TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE open_basket (
    uid TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- What a decision was made from, compressed; the latest uid of a key has the highest rowid.
CREATE TABLE evidence (
    uid TEXT PRIMARY KEY,
    key TEXT,
    at TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE INDEX evidence_of_key ON evidence (key) WHERE key IS NOT NULL;

-- Facts that outlive their rows, up to meta `settled`: serials used up here, how far leases are used.
CREATE TABLE redeemed (
    serial TEXT PRIMARY KEY,
    uid TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lease_use (
    lease INTEGER PRIMARY KEY,
    next_counter INTEGER NOT NULL
) STRICT;

-- HQ's changes since the generation was built: stock, sold, past, assign, lease, and "mine".
CREATE TABLE overlay (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    rev INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    why TEXT NOT NULL
) STRICT;

-- Written and emptied again, so that the file and its WAL hold pages for a full disk.
CREATE TABLE spare (
    body BLOB NOT NULL
) STRICT;
