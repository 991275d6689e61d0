"""Loading without the garbage collector: off in between, on afterwards, whatever happens."""

import gc

import pytest

from agent.unswept import set_aside, unswept


def test_the_collector_is_off_in_between_and_on_afterwards():
    """A collector that stayed off would let the lane's memory grow for ever."""
    with unswept():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_failure_while_loading_turns_it_on_again():
    """A part that cannot be loaded is started again by the supervisor; the lane lives on."""
    with pytest.raises(ImportError), unswept():
        raise ImportError
    assert gc.isenabled()


def test_what_is_set_aside_is_no_garbage():
    """A cycle that nobody holds goes first; what is left is not looked at again."""
    gone = []

    class Ring:
        def __init__(self):
            self.me = self

        def __del__(self):
            gone.append(True)

    Ring()
    try:
        set_aside()
        assert gone == [True]
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
