"""docs/simulator.md tells every step, fault, model, key and placeholder there is."""

import re
from pathlib import Path

import pytest

from hardware_sim import tcp_proxy
from hardware_sim.escpos_characters import CODE_TABLES
from hardware_sim.printer_faults import CATALOGUE
from hardware_sim.printer_models import MODELS
from hardware_sim.scenario import USAGES, read_scenario
from hardware_sim.serial_printer import FLOWS
from hardware_sim.shop import KEYS, PLACEHOLDERS

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([^`\n]+)`", PAGE))


@pytest.mark.parametrize("usage", USAGES)
def test_every_step_is_told(usage):
    """Each sentence stands in the tables as it is written in the grammar."""
    assert usage in QUOTED


def test_every_model_key_and_placeholder_is_told():
    """Nothing that can be written is missing."""
    links = {name for name in tcp_proxy.FAULTS if name != "delay"}
    told = {*links, *MODELS, *KEYS, *(f"--flow {flow}" for flow in FLOWS)}
    told |= {"${" + name + "}" for name in PLACEHOLDERS}
    assert told - QUOTED == set()


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.name)
def test_every_fault_is_told_as_the_catalogue_has_it(fault):
    """Its row says what it counts, the number left out, where it can be, and what happens."""
    default = "" if fault.default is None else fault.default
    lines = " ".join(sorted(fault.lines))
    assert f"| `{fault.name}` | {fault.counts} | {default} | {lines} | {fault.meaning} |" in PAGE


def test_models_and_code_tables_are_as_told():
    """The numbers in the table are the models' own."""
    for name, model in MODELS.items():
        cutter = "yes" if model.has_cutter else "no"
        row = f"| `{name}` | {model.width_dots} | {model.dpi} | {model.speed_mm_s:g} |"
        assert f"{row} {model.nv_bytes // 1024} | {cutter} | {len(model.code_tables)} |" in PAGE
        assert model.code_tables <= CODE_TABLES.keys()
    assert f"{len(CODE_TABLES)} code tables" in PAGE


def test_the_story_on_the_page_can_be_played():
    """Its example is a scenario."""
    blocks = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    story = next(block for block in blocks if block.startswith("# A coupon"))
    assert len(read_scenario(story)) == 13
