"""The documents are true: what they name exists, and what exists they name."""

from __future__ import annotations

import importlib
import re
import tomllib
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from offers.reasons import Reason
from sync.messages import SCHEMAS
from sync.topics import Down, StoreDown, Up
from tests.pages import DOCS, FENCE, PAGES, README, ROOT, rows_of, text_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]


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
    shown = [block for _, block in FENCE.findall(README.read_text())]
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


def test_every_picture_is_shown():
    """docs/pictures holds what the README and the pages show, as PNG, and nothing else."""
    shown = {ROOT / place for place in PICTURE.findall(README.read_text())}
    assert {path.name for path in shown} == {"slip.png", "page.png"}
    for page in DOCS:
        shown |= {page.parent / place for place in PICTURE.findall(page.read_text())}
    assert set((ROOT / "docs" / "pictures").iterdir()) == shown
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in shown)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_named_in_a_page_exist(page: Path):
    """A page or example named in running text, such as `docs/units.md`, is there."""
    for name in re.findall(r"`((?:docs|examples|tools|tests)/[\w./-]+\.\w+)`", page.read_text()):
        assert (ROOT / name).exists(), name


def test_the_readme_leads_to_every_page():
    """No page of docs/ is left lying."""
    linked = LINK.findall(README.read_text())
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
