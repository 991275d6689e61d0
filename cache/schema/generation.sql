-- One complete set of offers and assignments for one store. Written once, then only read.
-- Bodies are msgspec's: JSON where a person may want to read them, MessagePack for wallets.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE offer (
    offer_id TEXT PRIMARY KEY,
    coupon_number TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE product (
    gtin TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Clustered on the key, so that a lookup reads one leaf page.
CREATE TABLE wallet (
    shopper BLOB PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alias (
    identity BLOB PRIMARY KEY,
    shopper BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- With rowid: a picture is much larger than a page.
CREATE TABLE picture (
    sha256 TEXT PRIMARY KEY,
    png BLOB NOT NULL
) STRICT;

CREATE TABLE lease (
    lease INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE stock (
    gtin TEXT PRIMARY KEY,
    on_hand INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    sold_28d INTEGER  -- in the four weeks before as_of; the first release's files have no such column
) STRICT, WITHOUT ROWID;

CREATE TABLE rival (
    brand TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (brand, other)
) STRICT, WITHOUT ROWID;

CREATE TABLE mass_promotion (
    gtin TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    PRIMARY KEY (gtin, starts, ends)
) STRICT, WITHOUT ROWID;

-- Store facts, policy, risk, experiments, scripts: each a document with a name.
CREATE TABLE document (
    name TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
