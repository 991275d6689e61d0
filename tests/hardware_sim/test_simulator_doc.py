"""docs/simulator.md tells every step, fault, model, key and placeholder there is."""

import re
from pathlib import Path

import pytest

from hardware_sim import tcp_proxy
from hardware_sim.escpos_line import CODE_TABLES
from hardware_sim.escpos_modes import MODELS
from hardware_sim.printer_device import FAULTS
from hardware_sim.scenario import USAGES, read_scenario
from hardware_sim.shop import KEYS, PLACEHOLDERS

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([^`\n]+)`", PAGE))


@pytest.mark.parametrize("usage", USAGES)
def test_every_step_is_told(usage):
    """Each sentence stands in the tables as it is written in the grammar."""
    assert usage in QUOTED


def test_every_fault_model_key_and_placeholder_is_told():
    """Nothing that can be written is missing."""
    links = {name for name in tcp_proxy.FAULTS if name != "delay"}
    told = {*FAULTS, "drop", "deaf", "refuse", *links, *MODELS, *KEYS}
    told |= {"${" + name + "}" for name in PLACEHOLDERS}
    assert told - QUOTED == set()


def test_models_and_code_tables_are_as_told():
    """The numbers in the table are the models' own."""
    for name, model in MODELS.items():
        assert f"| `{name}` | {model.width_dots} | {model.dpi} |" in PAGE
    assert f"{len(CODE_TABLES)} code tables" in PAGE


def test_the_story_on_the_page_can_be_played():
    """Its example is a scenario."""
    blocks = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    story = next(block for block in blocks if block.startswith("# A coupon"))
    assert len(read_scenario(story)) == 13
