"""The documents are true: what they name exists, and what exists they name."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec
import pytest
from msgspec import inspect

import agent.cli
import hardware_sim.cli
import hq.arguments
from agent.config import LaneConfig
from ground.strict_toml import read_toml
from offers.reasons import Reason
from sync.messages import SCHEMAS
from sync.topics import Down, StoreDown, Up

ROOT = Path(__file__).parent.parent
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", *DOCS]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "tillside": agent.cli.parser,
    "tillside-hq": hq.arguments.parser,
    "tillside-sim": hardware_sim.cli.parser,
}
FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def text_of(name: str) -> str:
    """Read a page of docs/."""
    return (ROOT / "docs" / name).read_text()


def rows_of(page: str) -> Iterator[list[str]]:
    """Give the cells of every table row of a page."""
    for line in page.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


# One scan.

NAMES = re.findall(r"`([a-z_]+(?:\.[a-z_0-9]+)+:[A-Za-z_.]+)`", text_of("one_scan.md"))


def test_one_scan_follows_the_whole_way():
    """From the scanner's byte to headquarters, in this order, by way of these rooms."""
    way = [
        "agent.scanner:serve_scanner",
        "agent.scan_decoder:ScanDecoder.feed",
        "agent.lane:Lane.scan",
        "agent.scan_reading:read_scan",
        "agent.lane:Lane.basket",
        "agent.evaluation:Evaluation.evaluate",
        "agent.facts:basket_context",
        "cache.shelf:Shelf.candidates",
        "offers.decide:decide",
        "agent.coupon_desk:CouponDesk.claim",
        "agent.claim_line:ClaimLine.ask",
        "agent.lane:Lane.tender",
        "agent.issue_desk:IssueDesk.prepare",
        "offers.issue:choose",
        "cache.journal:Journal.append",
        "printer.print_queue:PrintQueue.submit",
        "printer.plan:plan",
        "printer.escpos:encode_job",
        "printer.session:PrintSession",
        "offers.records:Printed",
        "sync.outbox_window:OutboxWindow",
        "hq.inbox:Inbox.rows",
    ]
    places = [text_of("one_scan.md").find(f"**`{name}`**") for name in way]
    assert -1 not in places, way[places.index(-1)]
    assert places == sorted(places)


@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_a_name_of_one_scan_exists(name: str):
    """Each `module:name` can be imported and looked up."""
    module, _, path = name.partition(":")
    reduce(getattr, path.split("."), importlib.import_module(module))


# Reasons, wire.


def test_every_reason_is_explained():
    """docs/reasons.md has one row for each reason, and none for a reason that is not."""
    told = [row[0].strip("`") for row in rows_of(text_of("reasons.md"))]
    assert [code for code in told if code.isupper()] == [reason.value for reason in Reason]


def test_every_message_is_in_the_wire():
    """Each schema has a row that names its fields."""
    rows = {row[0].strip("`"): row[1] for row in rows_of(text_of("wire.md")) if len(row) == 2}
    for schema, kind in SCHEMAS.items():
        assert schema in rows, schema
        for field in msgspec.structs.fields(kind):
            assert f"`{field.name}`" in rows[schema], f"{schema}: {field.name}"


def test_every_topic_is_in_the_wire():
    """Each topic has its row."""
    told = {row[0].strip("`") for row in rows_of(text_of("wire.md"))}
    lane, store = "retail/v1/{store}/{lane}", "retail/v1/{store}"
    topics = {f"{lane}/up/{what}" for what in get_args(Up)}
    topics |= {f"{lane}/down/{what}" for what in get_args(Down)}
    topics |= {f"{store}/down/{what}" for what in get_args(StoreDown)}
    assert {topic for topic in told if topic.startswith("retail/")} == topics


# Configuration.


class Setting(NamedTuple):
    """One key as the types know it, in the words of docs/config.md."""

    table: str
    key: str
    type: str
    range: str
    default: str


WORDS = {
    inspect.StrType: "text",
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.BoolType: "true or false",
    inspect.VarTupleType: "list of text",
    inspect.LiteralType: "text",
}


def settings(kind: type[msgspec.Struct], table: str = "") -> Iterator[Setting]:
    """Walk the types of the file, tables within it included."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        if isinstance(field.type, inspect.StructType):
            yield from settings(field.type.cls, f"{table}.{field.encode_name}".lstrip("."))
        else:
            default = (
                "required" if field.required else f"`{msgspec.json.encode(field.default).decode()}`"
            )
            default = default.replace('","', '", "')
            word, limits = WORDS[type(field.type)], range_of(field.type)
            yield Setting(table, field.encode_name, word, limits, default)


def range_of(kind: inspect.Type) -> str:
    """Say what a type allows."""
    if isinstance(kind, inspect.LiteralType):
        return " or ".join(f'`"{value}"`' for value in sorted(kind.values))
    if getattr(kind, "ge", None) is not None:
        return f"{kind.ge:g} to {kind.le}"
    if getattr(kind, "pattern", None):
        return f"`{kind.pattern}`"
    if getattr(kind, "max_length", None):
        return f"at most {kind.max_length} characters"
    return "any"


def told_settings() -> dict[tuple[str, str], list[str]]:
    """Read the tables of docs/config.md: (table, key) -> the other cells."""
    parts = re.split(r"^## +(.*)$", text_of("config.md"), flags=re.MULTILINE)
    told = {}
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        named = re.fullmatch(r"`\[(.+)\]`", heading)
        if named or heading == "The top of the file":
            for row in rows_of(body):
                if row[0].startswith("`"):
                    told[named[1] if named else "", row[0].strip("`")] = row[1:]
    return told


def test_every_setting_is_documented():
    """docs/config.md has each key with the type, range and default that the code has; no other."""
    told = {place: cells[:3] for place, cells in told_settings().items()}
    real = {(s.table, s.key): [s.type, s.range, s.default] for s in settings(LaneConfig)}
    assert told == real


def test_every_example_of_a_setting_is_allowed():
    """The example in each row passes the type of its key, and each key has a meaning."""
    hints = {"": get_type_hints(LaneConfig, include_extras=True)}
    for name, kind in hints[""].items():
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            hints[name] = get_type_hints(kind, include_extras=True)
    for (table, key), (*_, meaning, example) in told_settings().items():
        assert meaning, key
        value = tomllib.loads(f"{key} = {example.strip('`')}")[key]
        msgspec.convert(value, hints[table][key])


def test_the_example_lane_has_every_setting():
    """examples/lane.toml is a good configuration, complete, with a comment on every key."""
    path = ROOT / "examples" / "lane.toml"
    read_toml(path, LaneConfig)
    data = tomllib.loads(path.read_text())
    keys = {("", key) for key, value in data.items() if not isinstance(value, dict)}
    keys |= {
        (name, key) for name, table in data.items() if isinstance(table, dict) for key in table
    }
    assert keys == {(s.table, s.key) for s in settings(LaneConfig)}
    for line in path.read_text().splitlines():
        assert "=" not in line.partition("#")[0] or "  # " in line, line


# Commands.


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
    assert f"`{name}`" in (ROOT / "README.md").read_text()


def test_the_readme_names_no_other_command():
    """Each command of the README's table exists."""
    told = re.findall(r"`(tillside(?:-hq|-sim)? [a-z -]+)`", (ROOT / "README.md").read_text())
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


# Dependencies, targets, changes.


def test_every_dependency_has_its_line():
    """docs/dependencies.md names what pyproject.toml asks for, all of it and nothing else."""
    asked = list(PROJECT["project"]["dependencies"])
    for extra in PROJECT["project"]["optional-dependencies"].values():
        asked += extra
    names = {re.match(r"[A-Za-z0-9_-]+", line)[0] for line in asked}  # type: ignore[index]
    told = {row[0].strip("`") for row in rows_of(text_of("dependencies.md")) if row[0][:1] == "`"}
    assert told == names


def test_every_target_that_a_page_names_is_in_the_makefile():
    """`make X` in the README and the docs is a target."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        code = re.findall(r"`make ([a-z]+)", page.read_text())
        code += re.findall(r"^make ([a-z]+)", page.read_text(), re.MULTILINE)
        assert set(code) <= targets, page.name


def test_the_readme_shows_the_two_commands():
    """A newcomer finds `make demo` and `make test`."""
    shown = [block for _, block in FENCE.findall((ROOT / "README.md").read_text())]
    assert any("make demo" in block and "make test" in block for block in shown)


def test_the_changelog_has_this_version():
    """CHANGELOG.md keeps a changelog, and its newest version is the project's."""
    text = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert headings[:2] == ["Unreleased", PROJECT["project"]["version"]]
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


# The tree.


def files() -> Iterator[Path]:
    """Give the files of the tree, without what is built, installed or run."""
    built = {"out", "build", "dist", "__pycache__"}
    for top in sorted(ROOT.iterdir()):
        if top.name in built or top.name.endswith(".egg-info"):
            continue
        if top.is_file():
            yield top
        elif not top.name.startswith(".") or top.name == ".ci":
            inner = (path for path in top.rglob("*") if path.is_file())
            yield from (path for path in inner if not built & set(path.parts))


LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[[^]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    """Every link to a file of the tree finds it, and its heading where it names one."""
    for link in LINK.findall(page.read_text()):
        if "://" in link:
            continue
        place, _, heading = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        if heading:
            lines = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}
            assert heading in slugs, link


def test_the_readme_shows_the_pictures_that_are_there():
    """docs/pictures holds what the README shows, as PNG, and nothing that it does not show."""
    shown = {ROOT / place for place in PICTURE.findall((ROOT / "README.md").read_text())}
    assert {path.name for path in shown} == {"slip.png", "page.png"}
    folder = ROOT / "docs" / "pictures"
    if folder.exists():
        assert set(folder.iterdir()) == shown
        assert all(path.read_bytes().startswith(b"\x89PNG") for path in shown)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_named_in_a_page_exist(page: Path):
    """A page or example named in running text, such as `docs/units.md`, is there."""
    for name in re.findall(r"`((?:docs|examples|tools|tests)/[\w./-]+\.\w+)`", page.read_text()):
        assert (ROOT / name).exists(), name


def test_the_readme_leads_to_every_page():
    """No page of docs/ is left lying."""
    linked = LINK.findall((ROOT / "README.md").read_text())
    assert [page.name for page in DOCS if f"docs/{page.name}" not in linked] == []


MACHINE = re.compile(r"(?<![\w.~)}*-])/(?:work|home|root|Users)/\w|/tmp/v[/]|[A-Z]:\\\\Users")
INDEX = re.compile(r"(?:index|find)[-_](?:url|links)|simple[/](?:\s|$)|pypi[.]org|pythonhosted[.]")


def test_no_file_knows_a_machine_or_an_index():
    """The tree can be built anywhere: no package index's address, no path of one person's machine."""
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for pattern in (MACHINE, INDEX):
            found = pattern.search(text)
            assert found is None, f"{path.relative_to(ROOT)}: {found and found[0]}"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_names_its_files(package: str):
    """`__init__.py` is a docstring and nothing else, and it has every file of its package."""
    folder = ROOT / package
    source = (folder / "__init__.py").read_text()
    doc: Any = importlib.import_module(package).__doc__
    assert source.strip().removeprefix('"""').removesuffix('"""').strip() == doc.strip()
    words = set(re.findall(r"\w+", doc))
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert modules - words == set()
