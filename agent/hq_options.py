"""From the configuration to the client of headquarters' broker: where it is, who we are, our will."""

from __future__ import annotations

from agent.config import Config
from agent.secrets_files import password
from sync.link_options import LinkOptions, TlsFiles
from sync.payload import pack
from sync.steps import Outgoing
from sync.topics import down_filters


def link_options(config: Config, will: Outgoing) -> LinkOptions:
    """Say how the client connects, and what the broker publishes when it falls silent."""
    lane, hq = config.lane, config.lane.hq
    return LinkOptions(
        host=hq.host,
        port=hq.port,
        client_id=f"{lane.store}-{lane.lane}-lane",
        subscriptions=down_filters(lane.store_id, lane.lane_id),
        username=hq.user or None,
        password=password(config.path(hq.password_file) if hq.password_file else None),
        tls=_tls(config),
        will=pack(will.topic, will.message, will.retain),
    )


def _tls(config: Config) -> TlsFiles | None:
    hq, path = config.lane.hq, config.path
    if not hq.ca_file:
        return None
    certificate = path(hq.cert_file) if hq.cert_file else None
    key = path(hq.key_file) if hq.key_file else None
    return TlsFiles(path(hq.ca_file), certificate, key)
