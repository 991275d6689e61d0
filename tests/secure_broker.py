"""The broker of deploy/hq-broker.conf, its paths and port changed, with what `tillside-hq` makes for it."""

from __future__ import annotations

from pathlib import Path

from hq import cli
from sync.link_options import TlsFiles
from tests.brokers import HOST, Broker, start_configured

ROOT = Path(__file__).parents[1]


class SecureHq:
    """Headquarters' folder with an authority, and the broker that trusts it."""

    def __init__(self, folder: Path, host: str = HOST) -> None:
        self.folder = folder
        self.keys = folder / "hq-keys"
        self.tls = self.keys / "tls"
        self.db = folder / "hq.db"
        self.run("init")
        self.run("ca", "--host", host)
        self.run("apply", str(ROOT / "examples" / "shop"))

    def run(self, *words: str) -> None:
        """Run one command as a person does; it must succeed."""
        assert cli.main([*words, "--db", str(self.db), "--keys", str(self.keys)]) == 0

    def lane(self, store: str, lane: str, *words: str) -> TlsFiles:
        """Enrol a lane and give its files."""
        out = self.folder / "lanes" / f"{store}-{lane}"
        self.run("enrol", store, lane, "--out", str(out), "--broker", f"mqtts://{HOST}", *words)
        tls = out / "tls"
        return TlsFiles(tls / "ca.pem", tls / "lane.pem", tls / "lane.key")

    @property
    def files(self) -> TlsFiles:
        """Headquarters' own."""
        return TlsFiles(self.tls / "ca.pem", self.tls / "hq.pem", self.tls / "hq.key")

    def start(self, rules: str) -> Broker:
        """Start the broker of the deploy folder with these access rules."""
        acl = self.folder / "acl"
        acl.touch(0o600)
        acl.write_text(rules)
        config = (ROOT / "deploy" / "hq-broker.conf").read_text()
        config = config.replace("/etc/mosquitto/tillside/acl", str(acl))
        config = config.replace("/etc/mosquitto/tillside/", f"{self.tls}/")
        return start_configured(self.folder, config)
