"""`tillside-hq`: headquarters' commands. Exit 0 is done, 1 found a problem, 2 is wrong usage."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing

from ground.clock import Clock, ShiftedClock, SystemClock
from ground.complaints import Complaint, say
from ground.key_files import KeyRing
from hq import claim_commands, reports, staff_commands, trust_commands, wire_commands
from hq.arguments import parser
from hq.erase import erase_command
from hq.exposures import experiments
from hq.keys import make_keys
from hq.lint import errors, in_words, lint_directory
from hq.offer_files import full_gtin
from hq.plan import Plan, make_plan
from hq.previews import Asked, write_previews
from hq.publish import apply, recall, rollback, set_stock
from hq.reports import Line
from hq.shop_files import read_shop
from hq.shop_reader import ShopComplaint
from hq.store import HqStore, open_store, shown
from offers.model import OfferId, StoreId
from printer.errors import CodeError, ProfileError

Arguments = argparse.Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the entry point of `tillside-hq`."""
    given = parser().parse_args(arguments)
    try:
        return RUN[given.command](given)
    except ShopComplaint as error:
        for complaint in error.complaints:
            _complain(complaint)
    except (Complaint, OSError, sqlite3.Error) as error:
        _complain(error)
    except ProfileError as error:
        _complain(Complaint(str(error), "name a built-in profile, or a file of printer probe"))
    except CodeError as error:
        _complain(Complaint(str(error), "choose another --carrier, or a printer with wider paper"))
    return 1


def _clock(given: Arguments) -> Clock:
    return SystemClock() if given.now is None else ShiftedClock(given.now)


def _complain(error: Exception) -> None:
    what, do = say(error)
    print(f"{what}\n  -> {do}", file=sys.stderr)


def _init(given: Arguments) -> int:
    made = make_keys(given.keys, _clock(given).utc_now())
    open_store(given.db, make=True).close()
    print(
        f"{shown(given.db)} is ready; keys made: {', '.join(path.name for path in made) or 'none'}"
    )
    return 0


def _staff(given: Arguments) -> int:
    print(staff_commands.RUN[given.command](given, _clock(given).utc_now()))
    return 0


def _trust(given: Arguments) -> int:
    print(trust_commands.RUN[given.command](given, _clock(given).utc_now()).rstrip())
    return 0


def _claims(given: Arguments) -> int:
    print(claim_commands.RUN[given.command](given, _clock(given).utc_now()))
    return 0


def _lint(given: Arguments) -> int:
    faults = lint_directory(given.directory)
    if given.json:
        print(json.dumps([fault._asdict() for fault in faults], indent=1))
    else:
        print(in_words(faults))
    return 1 if errors(faults) else 0


def _refused(given: Arguments) -> bool:
    """Say what is wrong with the files, and whether they may not be published so."""
    faults = lint_directory(given.directory)
    print(in_words(faults))
    return bool(errors(faults))


def _plan(given: Arguments) -> int:
    if _refused(given):
        return 1
    with closing(open_store(given.db)) as store:
        _show(_planned(given, store))
    return 0


def _apply(given: Arguments) -> int:
    if _refused(given):
        return 1
    with closing(open_store(given.db)) as store:
        plan = _planned(given, store)
        _show(plan)
        if not plan.changes and not given.force:
            return 0
        for manifest in apply(store, plan, _clock(given).utc_now()):
            size = f"{manifest.size:,} bytes"
            print(f"{manifest.store}: generation {manifest.generation}, {size}, rev {manifest.rev}")
    return 0


def _planned(given: Arguments, store: HqStore) -> Plan:
    _, secret = KeyRing.load(given.keys).current("shopper")
    return make_plan(read_shop(given.directory), store, secret)


SHOWN = 20  # of one kind; the rest is counted


def _show(plan: Plan) -> None:
    by_kind: dict[str, list[str]] = {}
    for change in plan.changes:
        who = f" ({change.shoppers} shoppers)" if change.kind == "offer" else ""
        line = f"{change.what:8} {change.kind} {change.name} {change.detail}".rstrip() + who
        by_kind.setdefault(change.kind, []).append(line)
    for kind, lines in by_kind.items():
        print("\n".join(lines[:SHOWN]))
        if len(lines) > SHOWN:
            print(f"... and {len(lines) - SHOWN} more of kind {kind}")
    stores = ", ".join(plan.wanted.stores)
    print(f"{len(plan.changes)} changes for {stores}" if plan.changes else "nothing would change")


def _rollback(given: Arguments) -> int:
    with closing(open_store(given.db)) as store:
        manifest = rollback(store, StoreId(given.store))
    print(f"{manifest.store}: back to generation {manifest.generation}, rev {manifest.rev}")
    return 0


def _recall(given: Arguments) -> int:
    with closing(open_store(given.db)) as store:
        words = [StoreId(word) for word in given.words]
        names = [row.store for row in store.stores()] if given.all else words[:1]
        gtins = [full_gtin(word) for word in (words if given.all else words[1:])]
        if not names or not (gtins or given.offer):
            raise Complaint("nothing named to recall", "name STORE or --all, then GTINs or --offer")
        _known(store, names, gtins, given.offer)
        offers = [OfferId(name) for name in given.offer]
        for new in recall(store, names, gtins, offers, given.lift, _clock(given).utc_now()):
            now = ", ".join((*new.gtins, *new.offers)) or "nothing"
            print(f"{new.store}: recalled now: {now} (rev {new.rev})")
    return 0


def _known(
    store: HqStore, names: Sequence[StoreId], gtins: Sequence[str], offers: Sequence[str]
) -> None:
    """Refuse a slip of the pen: a recall of a product that nobody has would help nobody."""
    for name in names:
        store.store(name)
    strange = [g for g in gtins if g not in store.products()]
    strange += [offer for offer in offers if offer not in store.offers()]
    if strange:
        raise Complaint(f"unknown: {', '.join(strange)}", "name products and offers as published")


def _erase(given: Arguments) -> int:
    print(erase_command(given, _clock(given).utc_now()))
    return 0


def _stock(given: Arguments) -> int:
    with closing(open_store(given.db)) as store:
        gtin = full_gtin(given.gtin)
        rev = set_stock(store, StoreId(given.store), gtin, given.on_hand, _clock(given).utc_now())
    print(f"{given.store}: {gtin} has {given.on_hand} on hand (delta {rev})")
    return 0


def _wire(given: Arguments) -> int:
    return wire_commands.RUN[given.command](given, _clock(given))


def _lanes(given: Arguments) -> int:
    columns = (
        "store lane online generation delta_rev recall_rev outbox oldest_s skew_s twin seen_s rows"
    )
    with closing(open_store(given.db)) as store:
        lines = reports.lanes(store, _clock(given).utc_now())
    return _list(given, lines, f"{columns} quarantine chain_breaks")


def _wordings(given: Arguments) -> int:
    columns = "offer_id version language told clarity unclear notes"
    with closing(open_store(given.db)) as store:
        return _list(given, reports.wordings(store), columns)


def _redemptions(given: Arguments) -> int:
    columns = "at store lane offer_id amount_minor serial provisional duplicate reversed"
    with closing(open_store(given.db)) as store:
        return _list(given, reports.redemptions(store), columns)


def _experiments(given: Arguments) -> int:
    columns = "experiment exposed ghosts planned_ghosts crossed p verdict"
    with closing(open_store(given.db)) as store:
        return _list(given, experiments(store, given.since), columns)


def _rows(given: Arguments) -> int:
    with closing(open_store(given.db)) as store:
        lines = reports.rows(store, given.kind, given.limit)
    return _list(given, lines, "at store lane seq kind body")


def _list(given: Arguments, lines: Sequence[Line], columns: str) -> int:
    if given.json:
        print(json.dumps(list(lines), indent=1))
    else:
        print(reports.table(lines, columns.split()))
    return 0


def _preview(given: Arguments) -> int:
    asked = Asked(given.printer, given.language, given.rung, given.carrier, given.brand_line)
    for path, size in write_previews(given.directory, asked, given.out):
        print(f"{path} ({size:,} bytes for the printer)")
    return 0


def _import(given: Arguments) -> int:
    from hq.import_completejourney import import_year

    print(import_year(given.out))
    return 0


RUN: dict[str, Callable[[Arguments], int]] = {
    "init": _init,
    **dict.fromkeys(trust_commands.RUN, _trust),
    **dict.fromkeys(staff_commands.RUN, _staff),
    **dict.fromkeys(claim_commands.RUN, _claims),
    "lint": _lint,
    "plan": _plan,
    "apply": _apply,
    "rollback": _rollback,
    "recall": _recall,
    "erase": _erase,
    "stock": _stock,
    **dict.fromkeys(wire_commands.RUN, _wire),
    "lanes": _lanes,
    "redemptions": _redemptions,
    "wordings": _wordings,
    "experiments": _experiments,
    "rows": _rows,
    "preview": _preview,
    "import": _import,
}


if __name__ == "__main__":
    sys.exit(main())
