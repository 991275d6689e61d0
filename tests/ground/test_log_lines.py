"""No number in a log line could be a card's."""

import logging

from ground.log_lines import Masked, mask


def test_a_card_number_is_masked_wherever_it_slips_in():
    """Thirteen digits and more keep their last four; a traceback is no exception."""
    assert mask("scan 2900000001015 bound") == "scan …1015 bound"
    assert mask("pan 4111111111111111.") == "pan …1111."
    formatter = Masked("%(message)s")
    record = logging.LogRecord("t", 20, "f", 1, "card %s", ("2900000001015",), None)
    assert formatter.format(record) == "card …1015"


def test_names_that_are_no_numbers_stay_whole():
    """Hashes, short numbers, amounts and dates are what store IT searches for."""
    for text in ("sale 3f2b9c0012345678901234ab", "row 123456789012", "2026-11-02 12:00:00,123"):
        assert mask(text) == text
