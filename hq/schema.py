"""The tables of headquarters' store, as migrations, each run once: by sqlite-utils on the file.

They are written for SQLite; `hq.postgres_schema` turns them into PostgreSQL's.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("hq")

AUTHORING = """
CREATE TABLE stores(store TEXT PRIMARY KEY, facts TEXT NOT NULL, lanes TEXT NOT NULL,
  manifest_rev INTEGER NOT NULL DEFAULT 0, generation TEXT NOT NULL DEFAULT '',
  delta_rev INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE offers(offer_id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE offer_history(offer_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY(offer_id, version)) STRICT;
CREATE TABLE pictures(sha256 TEXT PRIMARY KEY, png BLOB NOT NULL) STRICT;
CREATE TABLE products(gtin TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE wallets(shopper TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE aliases(alias TEXT PRIMARY KEY, shopper TEXT NOT NULL) STRICT;
CREATE TABLE documents(name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE stock(store TEXT NOT NULL, gtin TEXT NOT NULL, on_hand INTEGER NOT NULL,
  as_of TEXT NOT NULL, written TEXT NOT NULL, PRIMARY KEY(store, gtin)) STRICT;
CREATE TABLE generations(store TEXT NOT NULL, generation TEXT NOT NULL, manifest TEXT NOT NULL,
  previous TEXT NOT NULL, PRIMARY KEY(store, generation)) STRICT;
CREATE TABLE recalls(store TEXT PRIMARY KEY, rev INTEGER NOT NULL, gtins TEXT NOT NULL,
  offers TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE deltas(store TEXT NOT NULL, rev INTEGER NOT NULL, ops TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY(store, rev)) STRICT;
CREATE TABLE leases(lease INTEGER PRIMARY KEY, store TEXT NOT NULL, lane TEXT NOT NULL,
  epoch TEXT NOT NULL, key_id TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE INDEX leases_of ON leases(store, lane, epoch);
CREATE TABLE announced(store TEXT PRIMARY KEY, manifest_rev INTEGER NOT NULL DEFAULT 0,
  recall_rev INTEGER NOT NULL DEFAULT 0, delta_rev INTEGER NOT NULL DEFAULT 0) STRICT;
"""

# `rows` is what lanes wrote, byte for byte: `body` is the text that `hash` covers.
COLLECTING = """
CREATE TABLE rows(store TEXT NOT NULL, lane TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
  kind TEXT NOT NULL, at TEXT NOT NULL, received_at TEXT NOT NULL, shopper TEXT,
  prev TEXT NOT NULL, hash TEXT NOT NULL, hash_fits INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(store, lane, epoch, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX rows_by_kind ON rows(kind, at);
CREATE INDEX rows_by_shopper ON rows(shopper) WHERE shopper IS NOT NULL;
CREATE INDEX sales_by_uid ON rows(json_extract(body, '$.uid')) WHERE kind = 'tendered';
CREATE TABLE quarantine(store TEXT NOT NULL, lane TEXT NOT NULL, epoch TEXT NOT NULL,
  seq INTEGER NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, received_at TEXT NOT NULL,
  row TEXT NOT NULL, PRIMARY KEY(store, lane, epoch, seq, code)) STRICT;
CREATE TABLE bad_packets(id INTEGER PRIMARY KEY, topic TEXT NOT NULL, why TEXT NOT NULL,
  received_at TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
CREATE TABLE cursors(store TEXT NOT NULL, lane TEXT NOT NULL, epoch TEXT NOT NULL,
  upto INTEGER NOT NULL, PRIMARY KEY(store, lane, epoch)) STRICT;
CREATE TABLE lanes(store TEXT NOT NULL, lane TEXT NOT NULL, status TEXT NOT NULL,
  received_at TEXT NOT NULL, PRIMARY KEY(store, lane)) STRICT;
CREATE TABLE holdings(serial TEXT PRIMARY KEY, epoch TEXT NOT NULL, attempt INTEGER NOT NULL,
  place TEXT NOT NULL, at TEXT NOT NULL, redeemed INTEGER NOT NULL) STRICT;
CREATE TABLE graves(serial TEXT NOT NULL, epoch TEXT NOT NULL, attempt INTEGER NOT NULL,
  how TEXT NOT NULL, PRIMARY KEY(serial, epoch, attempt)) STRICT;
CREATE TABLE duplicates(serial TEXT NOT NULL, epoch TEXT NOT NULL, attempt INTEGER NOT NULL,
  place TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY(serial, epoch, attempt)) STRICT;
"""

VIEWS = """
CREATE VIEW chain_breaks AS
  SELECT r.store, r.lane, r.epoch, r.seq, r.hash_fits FROM rows r
  LEFT JOIN rows p ON p.store = r.store AND p.lane = r.lane AND p.epoch = r.epoch
    AND p.seq = r.seq - 1
  WHERE r.hash_fits = 0 OR (p.hash IS NOT NULL AND p.hash <> r.prev);
CREATE VIEW reversals AS
  SELECT r.store, r.lane, r.epoch, json_extract(r.body, '$.uid') AS uid, r.at,
    json_extract(v.value, '$.offer_id') AS offer_id, json_extract(v.value, '$.serial') AS serial,
    CAST(json_extract(v.value, '$.amount_minor') AS INTEGER) AS amount_minor,
    CAST(json_extract(v.value, '$.whole') AS INTEGER) AS whole
  FROM rows r, json_each(r.body, '$.reversals') v WHERE r.kind = 'returned';
CREATE VIEW redemptions AS
  SELECT r.store, r.lane, r.epoch, r.seq, r.at, r.shopper,
    json_extract(r.body, '$.uid') AS uid,
    json_extract(r.body, '$.key.business_date') AS business_date,
    json_extract(d.value, '$.offer_id') AS offer_id,
    CAST(json_extract(d.value, '$.version') AS INTEGER) AS version,
    json_extract(d.value, '$.campaign_id') AS campaign_id,
    CAST(json_extract(d.value, '$.amount_minor') AS INTEGER) AS amount_minor,
    json_extract(d.value, '$.serial') AS serial,
    coalesce(CAST(json_extract(d.value, '$.provisional') AS INTEGER), 0) AS provisional,
    json_extract(d.value, '$.claim.epoch') AS claim_epoch,
    CAST(json_extract(d.value, '$.claim.attempt') AS INTEGER) AS claim_attempt
  FROM rows r, json_each(r.body, '$.redemptions') d
  WHERE r.kind = 'tendered' AND json_extract(r.body, '$.mode') = 'live';
CREATE VIEW disputes AS
  SELECT r.store, r.lane, r.epoch, r.seq, r.at, json_extract(r.body, '$.uid') AS uid,
    json_extract(r.body, '$.offer_id') AS offer_id, json_extract(r.body, '$.reason') AS reason,
    json_extract(r.body, '$.outcome') AS outcome,
    CAST(json_extract(r.body, '$.amount_minor') AS INTEGER) AS amount_minor,
    json_extract(r.body, '$.by') AS by, json_extract(r.body, '$.note') AS note,
    json_extract(r.body, '$.funder') AS funder
  FROM rows r WHERE r.kind = 'settled';
"""

# One row for each incarnation and each offer that it ever gave. What was collected before this table
# counts as used, uses that were voided too: on the safe side of N.
FIRST_N = """
CREATE TABLE quotas(kind TEXT NOT NULL, offer_id TEXT NOT NULL, store TEXT NOT NULL,
  lane TEXT NOT NULL, epoch TEXT NOT NULL, granted INTEGER NOT NULL DEFAULT 0,
  used INTEGER NOT NULL DEFAULT 0, gave_back INTEGER NOT NULL DEFAULT 0,
  asked_back INTEGER NOT NULL DEFAULT 0, hungry INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(kind, offer_id, store, lane, epoch)) STRICT, WITHOUT ROWID;
INSERT INTO quotas(kind, offer_id, store, lane, epoch, used)
  SELECT 'redemptions', offer_id, store, lane, epoch, count(*) FROM redemptions GROUP BY 2, 3, 4, 5;
INSERT INTO quotas(kind, offer_id, store, lane, epoch, used)
  SELECT 'issues', json_extract(body, '$.offer_id'), store, lane, epoch, count(*)
  FROM rows WHERE kind = 'issued' GROUP BY 2, 3, 4, 5;
CREATE INDEX issued_by_serial ON rows(json_extract(body, '$.serial')) WHERE kind = 'issued';
"""

# Who arbitrates for which store, and what headquarters knows of claims by rows and by arbiters' words.
# `feed` is what a store's own arbiter must hear of other stores' lanes, numbered over all stores.
CLAIMS = """
ALTER TABLE duplicates ADD COLUMN used INTEGER NOT NULL DEFAULT 1;
CREATE TABLE seats(store TEXT PRIMARY KEY, term INTEGER NOT NULL, lane TEXT NOT NULL,
  lanes TEXT NOT NULL, at TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0,
  fed INTEGER NOT NULL DEFAULT -1) STRICT;
CREATE TABLE oaths(store TEXT NOT NULL, lane TEXT NOT NULL, term INTEGER NOT NULL,
  epoch TEXT NOT NULL, head INTEGER NOT NULL, PRIMARY KEY(store, lane)) STRICT;
CREATE TABLE known_claims(serial TEXT NOT NULL, epoch TEXT NOT NULL, attempt INTEGER NOT NULL,
  what TEXT NOT NULL, place TEXT NOT NULL, at TEXT NOT NULL, verdict TEXT,
  PRIMARY KEY(serial, epoch, attempt)) STRICT, WITHOUT ROWID;
INSERT INTO known_claims SELECT serial, epoch, attempt,
  CASE redeemed WHEN 1 THEN 'redeemed' ELSE 'held' END, place, at, 'counts' FROM holdings;
INSERT INTO known_claims
  SELECT serial, epoch, attempt, 'used', place, at, 'second' FROM duplicates WHERE true
  ON CONFLICT DO NOTHING;
CREATE TABLE feed(n INTEGER PRIMARY KEY AUTOINCREMENT, store TEXT NOT NULL, what TEXT NOT NULL,
  serial TEXT NOT NULL, epoch TEXT NOT NULL, attempt INTEGER NOT NULL, place TEXT NOT NULL,
  at TEXT NOT NULL) STRICT;
CREATE INDEX feed_of ON feed(store, n);
CREATE TABLE feed_name(name TEXT NOT NULL) STRICT;
INSERT INTO feed_name VALUES (lower(hex(randomblob(8))));
CREATE TABLE relays(epoch TEXT NOT NULL, attempt INTEGER NOT NULL, serial TEXT NOT NULL,
  home TEXT NOT NULL, term INTEGER NOT NULL, store TEXT NOT NULL, lane TEXT NOT NULL,
  PRIMARY KEY(epoch, attempt, serial)) STRICT, WITHOUT ROWID;
CREATE TABLE mirrored(source TEXT PRIMARY KEY, upto INTEGER NOT NULL) STRICT;
CREATE TABLE provisionals(serial TEXT NOT NULL, epoch TEXT NOT NULL, attempt INTEGER NOT NULL,
  store TEXT NOT NULL, lane TEXT NOT NULL, at TEXT NOT NULL, value_minor INTEGER NOT NULL,
  shopper TEXT, outcome TEXT NOT NULL DEFAULT 'open', owner TEXT NOT NULL DEFAULT '', decided_at TEXT,
  by_hand INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(serial, epoch, attempt)) STRICT;
CREATE INDEX provisionals_of ON provisionals(store, lane, at);
"""

# What a person asks of disputes. A gift of a sale that was given up was never paid.
DISPUTES = """
DROP VIEW disputes;
CREATE VIEW disputes AS
  SELECT r.store, r.lane, r.epoch, r.seq, r.at, json_extract(r.body, '$.uid') AS uid,
    json_extract(r.body, '$.offer_id') AS offer_id,
    coalesce(CAST(json_extract(r.body, '$.offer_version') AS INTEGER), 0) AS version,
    json_extract(r.body, '$.reason') AS reason, json_extract(r.body, '$.outcome') AS outcome,
    CAST(json_extract(r.body, '$.amount_minor') AS INTEGER) AS amount_minor,
    json_extract(r.body, '$.by') AS by, coalesce(json_extract(r.body, '$.role'), '') AS role,
    coalesce(json_extract(r.body, '$.approver'), '') AS approver,
    json_extract(r.body, '$.note') AS note, json_extract(r.body, '$.funder') AS funder,
    coalesce(json_extract(r.body, '$.script'), '') AS script,
    coalesce(CAST(json_extract(r.body, '$.script_version') AS INTEGER), 0) AS script_version,
    coalesce(json_extract(r.body, '$.script_sha256'), '') AS script_sha256,
    coalesce(json_extract(r.body, '$.path'), '[]') AS path,
    coalesce(json_extract(r.body, '$.ticket'), '') AS ticket,
    json_extract(r.body, '$.serial') AS serial, json_extract(r.body, '$.new_serial') AS new_serial,
    CASE WHEN EXISTS (SELECT 1 FROM rows v WHERE v.kind = 'voided' AND v.store = r.store
      AND v.lane = r.lane AND v.epoch = r.epoch
      AND json_extract(v.body, '$.uid') = json_extract(r.body, '$.uid')) THEN 1 ELSE 0 END AS voided
  FROM rows r WHERE r.kind = 'settled';
CREATE TABLE closed_tickets(ticket TEXT PRIMARY KEY, at TEXT NOT NULL, note TEXT NOT NULL) STRICT;
CREATE TABLE halts(offer_id TEXT NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL,
  disputes INTEGER NOT NULL, shown INTEGER NOT NULL, PRIMARY KEY(offer_id, version)) STRICT;
"""


BIRTHS = """
ALTER TABLE lanes ADD COLUMN skew_s INTEGER;
CREATE TABLE boots(id INTEGER PRIMARY KEY, store TEXT NOT NULL, lane TEXT NOT NULL,
  boot TEXT NOT NULL, at TEXT NOT NULL, back INTEGER NOT NULL) STRICT;
CREATE INDEX boots_of ON boots(store, lane);
"""


# A tombstone tells a shopper key again when it comes, and nothing else. The lists have one revision.
ERASURES = """
CREATE TABLE tombstones(tombstone TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT;
CREATE TABLE tombstone_rev(rev INTEGER NOT NULL, at TEXT NOT NULL) STRICT;
ALTER TABLE announced ADD COLUMN erased_rev INTEGER NOT NULL DEFAULT 0;
"""

# Each is run once, in this order, by its name; what a released version ran is never changed.
STEPS = (
    ("authoring", AUTHORING),
    ("collecting", COLLECTING),
    ("views", VIEWS),
    ("sold", "ALTER TABLE stock ADD COLUMN sold_28d INTEGER"),
    ("first_n", FIRST_N),
    ("claims", CLAIMS),
    ("births", BIRTHS),
    ("disputes", DISPUTES),
    ("erasures", ERASURES),
)


def statements(script: str) -> list[str]:
    """Cut a script into statements: one run as a whole would commit the migration's transaction."""
    return [statement for statement in script.split(";\n") if statement.strip()]


def _step(name: str, script: str) -> None:
    @migrations(name=name)
    def run(db: Database) -> None:
        for statement in statements(script):
            db.conn.execute(statement)


for _name, _script in STEPS:
    _step(_name, _script)
