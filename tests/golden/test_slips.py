"""The example shop's slips: the bytes of today are the bytes that were looked at.

A change of layout shows here first. Look at the new paper (`tillside-hq preview examples/shop/offers
--printer TM-T20III --out out/preview`), then write the files anew with `python -m tests.golden.make`.
"""

import pytest

from hardware_sim.coupon_reader import coupons_on
from hardware_sim.escpos_reader import EscposReader
from hardware_sim.paper import Roll
from hardware_sim.printer_models import MODELS
from tests.golden.make import HERE, OFFERS, slip_bytes

READ_BACK = {  # by hand: (255), the number in the offer's file, the preview's serial; the leaflet's EAN-13
    "coffee-1": "2559520000900021",
    "hazelnut-75": "2559520000900069",
    "oat-30": "2559520000900052",
    "skyr-199": "2559520000900076",
    "solenne-20": "2559520000900014",
    "tea-50": "9900000900045",
}


def on_paper(data):
    """Let the simulated printer print a job."""
    reader = EscposReader(MODELS["tm-t20iii"])
    roll = Roll(576, 0)
    for event in reader.feed(data):
        roll.take(event)
    return [*roll.slips, roll.tear()]


@pytest.mark.parametrize("offer_id", OFFERS)
def test_the_bytes_of_a_slip_are_those_that_were_looked_at(offer_id, tmp_path):
    """Byte by byte; the file beside this one says what a person saw on the paper."""
    assert slip_bytes(offer_id, tmp_path) == (HERE / f"{offer_id}.escpos").read_bytes()


@pytest.mark.parametrize("offer_id", OFFERS)
def test_the_printer_reads_the_golden_bytes_as_the_words_beside_them(offer_id):
    """An independent reader finds the words, and zxing-cpp the code that the offer's file names."""
    slips = on_paper((HERE / f"{offer_id}.escpos").read_bytes())
    words = [line for slip in slips for line in slip.lines if not line.startswith("[")]
    assert words == (HERE / f"{offer_id}.txt").read_text().splitlines()
    codes = [code.text for slip in slips for code in coupons_on(slip)]
    assert [code.startswith(READ_BACK[offer_id]) for code in codes] == [True]
