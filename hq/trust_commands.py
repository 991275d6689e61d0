"""The commands about who may speak to the broker: `ca`, `enrol`, `sign`, `acl`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from ground.complaints import Complaint
from hq.authority import HQ_NAME, Authority, make_authority
from hq.broker_rules import access_rules, store_rules
from hq.keys import enrol
from hq.store import open_store
from offers.model import LaneId, StoreId

NOT_SIGNED = """
not signed: headquarters has no authority. Have {request} signed by yours,
and put lane.pem and its ca.pem into {folder}. Or: tillside-hq ca, then sign"""

Run = Callable[[argparse.Namespace, datetime], str]  # what to print


def make_ca(given: argparse.Namespace, now: datetime) -> str:
    """Make the authority and the two services' certificates, where they are missing."""
    folder = given.keys / "tls"
    made = make_authority(folder, now)
    authority = Authority(folder, now)
    made += authority.ensure("hq", HQ_NAME)
    if given.host:
        made += authority.ensure("broker", given.host, given.host)
    return "\n".join(map(str, made)) or f"{folder} has everything already"


def enrol_lane(given: argparse.Namespace, now: datetime) -> str:
    """Write a lane's folder, and say what is left to do."""
    _refuse_unknown(given)
    made = enrol(given.keys, given.store, given.lane, given.out, given.broker, now)
    words = "\n".join(map(str, made))
    tls = given.out / "tls"
    if tls.is_dir() and not (tls / "lane.pem").exists():
        words += NOT_SIGNED.format(request=tls / "lane.csr", folder=tls)
    return words


def sign_request(given: argparse.Namespace, now: datetime) -> str:
    """Sign a lane's request."""
    _refuse_unknown(given)
    authority = Authority(given.keys / "tls", now)
    given.out.write_bytes(authority.sign(given.request, f"{given.store}/{given.lane}"))
    return str(given.out)


def write_rules(given: argparse.Namespace, now: datetime) -> str:
    """Give the access rules, or write them, readable by their owner alone as mosquitto wants it."""
    del now
    with closing(open_store(given.db)) as store:
        rules = (
            store_rules(store.store(StoreId(given.store)), given.arbiter)
            if given.store
            else access_rules(store.stores())
        )
    if given.out is None:
        return rules
    given.out.touch(0o600)
    given.out.write_text(rules)
    return str(given.out)


def _refuse_unknown(given: argparse.Namespace) -> None:
    with closing(open_store(given.db)) as store:
        lanes = store.store(StoreId(given.store)).lanes
    if LaneId(given.lane) not in lanes:
        what = f"store {given.store} has no lane {given.lane!r}"
        raise Complaint(what, "add it to stores.toml, then apply")


RUN: dict[str, Run] = {
    "ca": make_ca,
    "enrol": enrol_lane,
    "sign": sign_request,
    "acl": write_rules,
}
