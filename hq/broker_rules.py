"""The broker's access rules, as mosquitto reads them: each lane its own topics and its store's."""

from __future__ import annotations

from collections.abc import Iterable

from hq.authority import HQ_NAME
from hq.store import StoreRow
from sync.topics import ROOT

HEAD = f"""# Written by `tillside-hq acl`: run it again when lanes come and go, then reload the broker (SIGHUP).
# A lane's name is its certificate's: STORE/LANE.
pattern write {ROOT}/%u/up/#
pattern read {ROOT}/%u/down/#

user {HQ_NAME}
topic read {ROOT}/+/+/up/#
topic write {ROOT}/+/+/down/#
topic write {ROOT}/+/down/#
"""


STORE_HEAD = f"""# Written by `tillside-hq acl --store`: for the broker of one store, which carries claims alone.
# A lane's name is its certificate's: STORE/LANE.
pattern write {ROOT}/%u/up/#
pattern read {ROOT}/%u/down/#
"""


def store_rules(row: StoreRow, arbiters: Iterable[str]) -> str:
    """Write the rules of a store's own broker: these lanes of it may arbitrate."""
    lines = [STORE_HEAD]
    may = set(arbiters)
    for lane in row.lanes:
        words = [f"user {row.store}/{lane}", f"topic read {ROOT}/{row.store}/down/#"]
        if lane in may:
            words.append(f"topic read {ROOT}/{row.store}/+/up/#")
            words.append(f"topic write {ROOT}/{row.store}/+/down/#")
            words.append(f"topic write {ROOT}/{row.store}/down/seat")
        lines.append("\n".join(words) + "\n")
    return "\n".join(lines)


def access_rules(stores: Iterable[StoreRow]) -> str:
    """Write the rules of every lane that is published now."""
    lines = [HEAD]
    for row in stores:
        for lane in row.lanes:
            lines.append(f"user {row.store}/{lane}\ntopic read {ROOT}/{row.store}/down/#\n")
    return "\n".join(lines)
