"""Write the golden slips anew: `python -m tests.golden.make`. Look at the paper before you commit."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from hardware_sim.escpos_reader import EscposReader
from hardware_sim.paper import Roll
from hardware_sim.printer_models import MODELS

HERE = Path(__file__).parent
SHOP = HERE.parent.parent / "examples" / "shop"
OFFERS = ("coffee-1", "hazelnut-75", "oat-30", "skyr-199", "solenne-20", "tea-50")
NOW = "2026-11-02T10:00:00Z"


def slip_bytes(offer_id: str, folder: Path) -> bytes:
    """Give the bytes that `tillside-hq preview` writes for an offer."""
    if not (folder / f"{offer_id}.escpos").exists():
        program = Path(sys.executable).with_name("tillside-hq")
        words = [
            "preview",
            SHOP / "offers",
            "--printer",
            "TM-T20III",
            "--out",
            folder,
            "--now",
            NOW,
        ]
        subprocess.run([program, *words], check=True, capture_output=True, timeout=120)
    return (folder / f"{offer_id}.escpos").read_bytes()


def main() -> None:
    """Write each offer's bytes, and the words that the simulated printer reads in them."""
    with tempfile.TemporaryDirectory() as folder:
        for offer_id in OFFERS:
            data = slip_bytes(offer_id, Path(folder))
            (HERE / f"{offer_id}.escpos").write_bytes(data)
            roll = Roll(576, 0)
            for event in EscposReader(MODELS["tm-t20iii"]).feed(data):
                roll.take(event)
            slips = [*roll.slips, roll.tear()]
            words = [line for s in slips for line in s.lines if not line.startswith("[")]
            (HERE / f"{offer_id}.txt").write_text("\n".join(words) + "\n")


if __name__ == "__main__":
    main()
