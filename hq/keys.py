"""Headquarters' keys, and the folder that makes a lane one of ours.

KEYS/            shopper, pin, hq-private and hq-public keys of the chain
KEYS/stores/ID/  the serial keys of one store: a stolen lane forges coupons of its own store only
KEYS/tls/        the chain's certificate authority, where it has none of its own: `hq.authority`
"""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ground.complaints import Complaint
from ground.key_files import KEY_BYTES, KeyRing, Kind, write_key
from hq.authority import Authority, make_request

LANE_KINDS: tuple[Kind, ...] = ("shopper", "hq-public", "pin")
MAY_LACK: tuple[Kind, ...] = ("pin",)  # of chains older than it: their lanes check no PINs

LANE_TOML = """# Lane {lane} of store {store}. `tillside check-config --config lane.toml` checks it; docs/config.md explains it.

store = "{store}"
lane = "{lane}"
data_dir = "data"  # generations and the journal; relative paths start at this file
keys_dir = "keys"  # mode 0700, made by tillside-hq enrol

[hq]
host = "{host}"  # headquarters' broker; empty: the lane works alone
port = {port}
{tls}
[scanner]
url = ""  # a serial port, or socket://host:port; empty: the till sends the scans

[printer]
url = ""  # a serial port, tcp://host:port or file:PATH; empty: nothing is printed

[http]
port = 8370  # the till's API and the cashier's page, on loopback only
token_file = "till.token"  # what the till sends as "Authorization: Bearer"; mode 0600
"""


TLS = """ca_file = "tls/ca.pem"  # who signed the broker's certificate
cert_file = "tls/lane.pem"  # this lane's own, named {store}/{lane}
key_file = "tls/lane.key"
"""


def make_keys(directory: Path, now: datetime) -> list[Path]:
    """Make the chain's keys that are missing; those that exist are left as they are."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    ring = KeyRing.load(directory)
    key_id = f"{now:%Y%m%d}"
    made: list[Path] = []
    if not ring.ids("shopper"):
        made.append(write_key(directory, "shopper", key_id, secrets.token_bytes(KEY_BYTES)))
    if not ring.ids("pin"):
        made.append(write_key(directory, "pin", key_id, secrets.token_bytes(KEY_BYTES)))
    if not ring.ids("hq-private"):
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        made.append(write_key(directory, "hq-private", key_id, private.private_bytes_raw()))
        made.append(write_key(directory, "hq-public", key_id, public))
    return made


def store_keys(directory: Path, store: str, now: datetime) -> KeyRing:
    """Give a store's serial keys, making the first one. Ids are unique in the chain.

    A coupon of another store names its key by id: the same id there must not be a key here.
    """
    folder = directory / "stores" / store
    if not folder.is_dir() or not KeyRing.load(folder).ids("serial"):
        key_id = f"{now:%Y%m%d}{hashlib.sha256(store.encode()).hexdigest()[:8]}"
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        write_key(folder, "serial", key_id, secrets.token_bytes(KEY_BYTES))
    return KeyRing.load(folder)


def enrol(
    keys: Path, store: str, lane: str, out: Path, broker: tuple[str, int, bool], now: datetime
) -> list[Path]:
    """Write what a lane needs to be one of ours: keys, certificate, the till's token, a configuration.

    Where headquarters has no authority, the certificate's request alone is written.

    Raises:
        Complaint: the folder holds something already, or headquarters has no keys.
    """
    if out.exists() and any(out.iterdir()):
        raise Complaint(f"{out} is not empty", "name a new folder: no key is ever replaced")
    out.mkdir(parents=True, exist_ok=True)
    chain = KeyRing.load(keys)
    serial: tuple[Kind, ...] = ("serial",)
    rings = ((chain, LANE_KINDS), (store_keys(keys, store, now), serial))
    made: list[Path] = []
    for ring, kinds in rings:
        for kind in kinds:
            if not ring.ids(kind) and kind not in MAY_LACK:
                raise Complaint(f"headquarters has no {kind} key", "run tillside-hq init first")
            for key_id, secret in ring.every(kind).items():
                made.append(write_key(out / "keys", kind, key_id, secret))
    token = out / "till.token"
    descriptor = os.open(token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    config = out / "lane.toml"
    host, port, secure = broker
    tls = TLS.format(store=store, lane=lane) if secure else ""
    config.write_text(LANE_TOML.format(store=store, lane=lane, host=host, port=port, tls=tls))
    return [
        *made,
        *(_certify(keys, store, lane, out / "tls", now) if secure else ()),
        token,
        config,
    ]


def _certify(keys: Path, store: str, lane: str, folder: Path, now: datetime) -> list[Path]:
    made = list(make_request(folder, f"{store}/{lane}"))
    if (keys / "tls" / "ca.key").exists():
        authority = Authority(keys / "tls", now)
        signed, trusted = folder / "lane.pem", folder / "ca.pem"
        signed.write_bytes(authority.sign(made[1], f"{store}/{lane}"))
        trusted.write_bytes(authority.certificate_file.read_bytes())
        made += [signed, trusted]
    return made
