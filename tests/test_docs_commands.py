"""Every command is in the README, helps in words, and every command line that a page shows is right."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import agent.cli
import hardware_sim.cli
import hq.arguments
from tests.pages import FENCE, PAGES, README, text_of

PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "tillside": agent.cli.parser,
    "tillside-hq": hq.arguments.parser,
    "tillside-sim": hardware_sim.cli.parser,
}


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Give every command that does something, groups such as `tillside db` looked into."""
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        yield parser
    for group in groups:
        for sub in group.choices.values():
            yield from commands(sub)


COMMANDS = {
    " ".join(command.prog.split()): command
    for make in PARSERS.values()
    for command in commands(make())
}


def accepts(line: str) -> None:
    """Parse a command line by the program's own parser; SystemExit where it is wrong."""
    program, *words = shlex.split(line.removesuffix("&"), comments=True)
    PARSERS[program]().parse_args(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_a_sentence_and_an_example_that_works(name: str):
    """Each command says in a sentence what it does, and shows a line that its parser takes."""
    command = COMMANDS[name]
    assert re.fullmatch(r"[A-Z].*\.", command.description or "", re.DOTALL)
    shown = re.fullmatch(r"[Ee]xample: (.+)", (command.epilog or "") % {"prog": command.prog})
    assert shown
    assert shown[1].startswith(name)
    accepts(shown[1])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str):
    """The table of commands has each one."""
    assert f"`{name}`" in README.read_text()


def test_the_readme_names_no_other_command():
    """Each command of the README's table exists."""
    told = re.findall(r"`(tillside(?:-hq|-sim)? [a-z -]+)`", README.read_text())
    assert set(told) <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_command_lines_of_the_pages_are_right(page: Path):
    """Every line of a shell block that calls one of our programs is taken by its parser."""
    for language, block in FENCE.findall(page.read_text()):
        if language in ("sh", ""):
            for line in block.replace("\\\n", " ").splitlines():
                if found := re.search(
                    r"(?:^ *|bin/)(tillside(?:-hq|-sim)? .+)", line.partition(" #")[0]
                ):
                    accepts(found[1])


def test_the_unit_s_command_is_right():
    """The systemd unit of docs/deploy.md starts the agent with words that it takes."""
    (line,) = re.findall(r"^ExecStart=(.+)$", text_of("deploy.md"), re.MULTILINE)
    accepts(line[line.index("bin/") + 4 :])
