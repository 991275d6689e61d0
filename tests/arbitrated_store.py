"""A store as it is deployed, for tests: two brokers as in deploy/, headquarters, lanes as processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground.key_files import KeyRing
from hq import cli
from hq.store import open_store
from offers.coupon_code import element_string
from offers.serials import make_serial
from tests.brokers import HOST, Broker, start_configured
from tests.pages import ROOT

PATIENCE_S = 40.0  # for processes on a busy machine; nothing here takes that long on purpose
OAT_GTIN, OAT_GCN = "9520000005016", "9520000900052"

LEASED = "SELECT count(DISTINCT lane) FROM leases"
SERVING = (
    "SELECT count(*) FROM lanes l JOIN stores s ON s.store = l.store"
    " WHERE json_extract(l.status, '$.generation') = s.generation"
)
ARBITER_TABLE = """
[arbiter]
host = "127.0.0.1"
port = {port}
ca_file = "tls/ca.pem"
cert_file = "tls/lane.pem"
key_file = "tls/lane.key"
here = true
claim_wait_ms = 600
"""


class Lane:
    """A lane's folder and its process."""

    def __init__(self, folder: Path, lane: str) -> None:
        self.folder, self.lane = folder, lane
        self.log = folder / "lane.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.folder / "data" / "address.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", "agent.cli", "run", "--config", "lane.toml"]
        environment = dict(os.environ, PYTHONPATH=str(ROOT))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, env=environment
            )
        until(self._ready, lambda: self.log.read_text()[-3000:])

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def says(self, words: str, times: int = 1) -> bool:
        return self.log.read_text().count(words) >= times

    def put(self, handle: str, *coupons: str, revision: int = 1) -> dict[str, Any]:
        """Send a basket with an oat drink and coupons."""
        basket = {
            "till": f"t{self.lane}",
            "number": handle,
            "business_date": "2026-11-02",
            "revision": revision,
            "currency": "EUR",
            "lines": [
                {"line_id": "L1", "gtin": OAT_GTIN, "quantity": 1, "amount_minor": 199},
            ],
            "coupons": list(coupons),
        }
        return self.call("PUT", f"/v1/transactions/{handle}", basket)

    def tender(self, handle: str, told: dict[str, Any]) -> dict[str, Any]:
        given = [
            {key: share[key] for key in ("line_id", "offer_id", "amount_minor")}
            for share in told["discounts"]
        ]
        path = f"/v1/transactions/{handle}/tender"
        return self.call("POST", path, {"revision": told["revision"], "given": given})

    def void(self, handle: str) -> None:
        self.call("POST", f"/v1/transactions/{handle}/void", None)

    def call(self, method: str, path: str, body: Any) -> dict[str, Any]:
        address = json.loads((self.folder / "data" / "address.json").read_text())["http"]
        token = (self.folder / "till.token").read_text().strip()
        request = urllib.request.Request(
            address + path,
            method=method,
            data=b"" if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.loads(answer.read() or b"{}")

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            with urllib.request.urlopen(self._address() + "/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, ValueError):
            return False

    def _address(self) -> str:
        return str(json.loads((self.folder / "data" / "address.json").read_text())["http"])


@dataclass
class Chain:
    """Headquarters in one folder, its broker, a store's broker if it has one, and the store's lanes."""

    folder: Path
    store_link: bool = True
    lanes: dict[str, Lane] = field(default_factory=dict)
    serving: subprocess.Popen[bytes] | None = None

    def set_up(self, *names: str) -> None:
        """Publish the example shop, start the brokers, enrol and start lanes of s001."""
        self.where = ["--db", str(self.folder / "hq.db"), "--keys", str(self.folder / "hq-keys")]
        self.run("init")
        self.run("apply", str(ROOT / "examples" / "shop"))
        self.run("ca", "--host", HOST)
        may = [word for name in names for word in ("--arbiter", name)]
        self.hq_broker = self.broker("hq-broker.conf", ["acl"])
        self.brokers = [self.hq_broker]
        if self.store_link:
            rules = ["acl", "--store", "s001", *may]
            self.brokers.append(self.broker("store-broker.conf", rules))
        self.serve()
        for name in names:
            self.add(name)
        until(lambda: self.rows(LEASED) == [(len(names),)], self.logs)
        self.run("apply", "--force", str(ROOT / "examples" / "shop"))  # now with everybody's blocks
        until(lambda: self.rows(SERVING) == [(len(names),)], self.logs)

    def add(self, name: str) -> None:
        folder = self.folder / f"lane-{name}"
        url = f"mqtts://{HOST}:{self.hq_broker.port}"
        self.run("enrol", "s001", name, "--out", str(folder), "--broker", url)
        config = (folder / "lane.toml").read_text().replace("port = 8370", "port = 0")
        for store_broker in self.brokers[1:]:
            config += ARBITER_TABLE.format(port=store_broker.port)
        (folder / "lane.toml").write_text(config)
        self.lanes[name] = Lane(folder, name)
        self.lanes[name].start()

    def run(self, *words: str) -> None:
        assert cli.main([*words, *self.where]) == 0

    def broker(self, name: str, rules: list[str]) -> Broker:
        """Start a broker with a file of deploy/; only its folders and its port are of the test."""
        files = self.folder / name
        files.mkdir()
        self.run(*rules, "--out", str(files / "acl"))
        config = (ROOT / "deploy" / name).read_text()
        tls = self.folder / "hq-keys" / "tls"
        for file in ("ca.pem", "broker.pem", "broker.key"):
            config = config.replace(f"/etc/mosquitto/tillside/{file}", str(tls / file))
        config = config.replace("/etc/mosquitto/tillside/acl", str(files / "acl"))
        return start_configured(files, config)

    def serve(self) -> None:
        tls = self.folder / "hq-keys" / "tls"
        url = f"mqtts://{HOST}:{self.hq_broker.port}"
        files = ["--ca", tls / "ca.pem", "--cert", tls / "hq.pem", "--key", tls / "hq.key"]
        command = [sys.executable, "-m", "hq.cli", "serve", "--broker", url, *map(str, files)]
        environment = dict(os.environ, PYTHONPATH=str(ROOT))
        with (self.folder / "serve.log").open("ab") as log:
            self.serving = subprocess.Popen(
                [*command, *self.where], stdout=log, stderr=log, env=environment
            )

    def appoint(self, lane: str, opens: int = 1) -> None:
        """Let a lane arbitrate, and wait until every lane has sworn."""
        self.run("arbiter", "s001", lane)
        until(lambda: self.lanes[lane].says("is open", opens), self.logs)

    def coupon(self, counter: int) -> str:
        """Give the code of a coupon of lane 1's first block."""
        store = open_store(self.folder / "hq.db")
        lease = store.leases()[0]
        store.close()
        ring = KeyRing.load(self.folder / "lane-1" / "keys")
        serial = make_serial(lease, counter, OAT_GCN, ring.every("serial")[lease.key_id])
        return element_string(OAT_GCN, serial)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        store = open_store(self.folder / "hq.db")
        found = store.conn.execute(query).fetchall()
        store.close()
        return found

    def logs(self) -> str:
        names = [self.folder / "serve.log", *(lane.log for lane in self.lanes.values())]
        return "\n".join(f"--- {name}\n{name.read_text()[-2500:]}" for name in names)

    def tear_down(self) -> None:
        for lane in self.lanes.values():
            lane.stop()
        if self.serving is not None:
            self.serving.terminate()
            self.serving.wait(10)
        for broker in self.brokers:
            broker.kill()


def at_both(chain: Chain, handle: str, code: str) -> list[dict[str, Any]]:
    """Show one coupon at both lanes in the same moment."""
    with ThreadPoolExecutor(2) as both:
        return list(both.map(lambda name: chain.lanes[name].put(handle, code), ("1", "2")))


def until(holds: Callable[[], object], why: Callable[[], str] = lambda: "") -> None:
    """Wait for another process, not for ever."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)


def reasons(told: dict[str, Any]) -> dict[str, str]:
    """Give each offer's reason in an answer."""
    return {verdict["offer_id"]: verdict["reason"] for verdict in told["verdicts"]}


def saved(told: dict[str, Any]) -> int:
    """Give what the basket saves."""
    return int(told["total_discount_minor"])


def serial_of(code: str) -> str:
    """Read the serial out of a coupon's code."""
    found = re.search(r"(\d{12})$", code)
    assert found
    return found[1]
