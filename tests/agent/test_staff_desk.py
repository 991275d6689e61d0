"""Who stands at the lane: sign-in, the idle lock, a manager's word, and what a thief can guess."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import msgspec
import pytest

from agent.refusals import Refused
from agent.scan_decoder import Scan
from agent.staff_types import ApprovalIn, DisputeIn, SettleIn, SignInIn
from agent.till_types import GoodwillIn
from offers.records import Noted
from offers.shopper_key import identity_key
from staff_help.pins import hash_pin
from staff_help.roles import Member, Staff
from staff_help.script import Script, built_in, encode
from tests.dispute_play import PEPPER, at_a_lane
from tests.dispute_shop import STORY_SALE
from tests.lane_shop import SHOPPER_SECRET

HASH = hash_pin("802604", PEPPER)


def badge(number: str) -> str:
    return identity_key("badge", number, SHOPPER_SECRET)


STAFF = Staff(
    member=(
        Member("1204", "cashier", badge=badge("000123")),
        Member("s7", "supervisor", badge=badge("000777"), pin=HASH),
        Member("m1", "manager", pin=HASH),
    )
)


@pytest.fixture
async def desk(tmp_path):
    """A lane whose headquarters publishes staff."""
    async with at_a_lane(tmp_path, staff=STAFF) as player:
        yield player


async def code(coroutine) -> str:
    with pytest.raises(Refused) as refused:
        await coroutine
    return refused.value.code


def gift(**more) -> SettleIn:
    return SettleIn("dispute", "tea-50", ("gift",), **more)


def pin(staff_id: str, digits: str) -> SignInIn:
    return SignInIn(id=staff_id, pin=digits)


async def noted(player) -> list[tuple[str, str]]:
    return [(one.code, one.detail) for one in await player.records(Noted)]


# Signing in.


async def test_a_badge_at_the_scanner_signs_in_and_is_no_shopper(desk):
    """The page sees who; a row says how; the lane's own scan count stays as it was."""
    assert (await desk.disputes.staff.signed_in()).id == ""
    await desk.lane.counter.scan(Scan("ST-000123"))
    here = await desk.disputes.staff.signed_in()
    assert (here.id, here.role, here.proof) == ("1204", "cashier", "badge")
    assert desk.lane.lane.refused_scans == 0
    assert await noted(desk) == [("staff_in", "1204 cashier badge")]


async def test_a_stranger_s_badge_signs_nobody_in(desk):
    """Who was there stays; the try is written down without its number."""
    await desk.lane.counter.scan(Scan("ST-000123"))
    await desk.lane.counter.scan(Scan("ST-999999"))
    assert (await desk.disputes.staff.signed_in()).id == "1204"
    assert (await noted(desk))[-1] == ("staff_refused", "badge at the scanner")


async def test_badge_numbers_are_nowhere_on_the_disk(tmp_path):
    """Neither the one that signed in nor the one that did not, in any file, plain."""
    async with at_a_lane(tmp_path, staff=STAFF) as player:
        await player.lane.counter.scan(Scan("ST-000123"))
        await player.lane.counter.scan(Scan("ST-424242"))
        await code(player.disputes.staff.sign_in(pin("m1", "918273")))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(word in data for word in (b"000123", b"424242", b"918273", b"802604"))


async def test_a_number_and_a_pin_sign_in(desk):
    """With the role's own limits, which a badge does not give."""
    here = await desk.disputes.staff.sign_in(pin("s7", "802604"))
    assert (here.id, here.role, here.proof) == ("s7", "supervisor", "pin")
    assert here.approvers == ("s7", "m1")


async def test_signing_out_leaves_nobody(desk):
    """And says so in a row; once more is fine."""
    await desk.lane.counter.scan(Scan("ST-000123"))
    assert (await desk.disputes.staff.sign_out()).id == ""
    assert (await desk.disputes.staff.sign_out()).id == ""
    assert [c for c, _ in await noted(desk)] == ["staff_in", "staff_out"]


async def test_an_idle_lane_locks(desk):
    """300 s after the last deed, not after the sign-in; then nothing is settled without a new one."""
    await desk.do_sale(STORY_SALE, 1)
    await desk.lane.counter.scan(Scan("ST-000123"))
    await desk.lane.clock.advance(299)
    await desk.disputes.step(DisputeIn("dispute", "tea-50"))
    await desk.lane.clock.advance(300)
    assert (await desk.disputes.end(gift())).amount_minor == 50
    await desk.lane.clock.advance(301)
    assert (await desk.disputes.staff.signed_in()).id == ""
    assert await code(desk.disputes.end(gift())) == "sign_in_first"
    assert (await noted(desk))[-1] == ("staff_locked", "1204")


async def test_looking_at_who_is_there_does_not_keep_the_lane_open(desk):
    """A page that asks every second is no deed."""
    await desk.lane.counter.scan(Scan("ST-000123"))
    for _ in range(4):
        await desk.lane.clock.advance(100)
        await desk.disputes.staff.signed_in()
    assert (await desk.disputes.staff.signed_in()).id == ""


async def test_who_is_taken_off_the_list_is_signed_out(desk, tmp_path):
    """The next deed after a new generation is refused."""
    await desk.do_sale(STORY_SALE, 1)
    await desk.lane.counter.scan(Scan("ST-000123"))
    papers = desk.disputes.staff._papers
    papers._read = (papers._shelf.generation, msgspec.structs.replace(papers.now, staff=Staff()))
    assert await code(desk.disputes.end(gift())) == "sign_in_first"


async def test_without_published_staff_nobody_need_sign_in(tmp_path):
    """A badge is typed, as before; a scan with the prefix is nobody's."""
    async with at_a_lane(tmp_path) as player:
        await player.do_sale(STORY_SALE, 1)
        assert not (await player.disputes.staff.signed_in()).published
        assert (await player.disputes.end(gift(by="17"))).amount_minor == 50


# What each may give.


async def test_who_settled_is_who_is_signed_in_whatever_the_call_says(desk):
    """`by` of the call is not read; the role stands in the row."""
    await desk.do_sale(STORY_SALE, 1)
    assert await code(desk.disputes.end(gift(by="somebody"))) == "sign_in_first"
    await desk.lane.counter.scan(Scan("ST-000123"))
    await desk.disputes.end(gift(by="somebody"))
    (row,) = await desk.settled()
    assert (row.by, row.role, row.approver) == ("1204", "cashier", "")


async def test_goodwill_by_hand_needs_a_sign_in_as_well(desk):
    """The older call is no way around it, whatever badge it names."""
    await desk.do_sale(STORY_SALE, 1)
    by_hand = GoodwillIn("dispute", "tea-50", 50, "1204", "Shelf label was wrong")
    assert await code(desk.lane.counter.settle(by_hand)) == "sign_in_first"
    await desk.lane.counter.scan(Scan("ST-000777"))
    await desk.lane.counter.settle(by_hand)
    assert [row.by for row in await desk.settled()] == ["s7"]


async def test_a_borrowed_badge_gives_a_cashiers_limits(desk):
    """A supervisor's badge alone: 5.00 and no cent more; with the PIN 15.00."""
    await desk.do_sale(STORY_SALE, 1)
    await desk.lane.counter.scan(Scan("ST-000777"))
    assert await code(desk.disputes.end(gift(amount_minor=501))) == "over_case_limit"
    await desk.disputes.staff.sign_in(pin("s7", "802604"))
    assert await code(desk.disputes.end(gift(amount_minor=1501))) == "over_case_limit"
    assert (await desk.disputes.end(gift(amount_minor=1500))).amount_minor == 1500


async def test_a_manager_s_pin_allows_what_is_beyond(desk):
    """For this case alone; the row names both."""
    await desk.do_sale(STORY_SALE, 1)
    await desk.lane.counter.scan(Scan("ST-000123"))
    approval = ApprovalIn("m1", "802604")
    done = await desk.disputes.end(gift(amount_minor=1600, approval=approval))
    assert (done.amount_minor, done.approver) == (1600, "m1")
    (row,) = await desk.settled()
    assert (row.by, row.approver, row.amount_minor) == ("1204", "m1", 1600)
    assert (await desk.disputes.staff.signed_in()).id == "1204"


async def test_a_wrong_pin_gives_nothing(desk):
    """Refused before anything is decided; the try is counted."""
    await desk.do_sale(STORY_SALE, 1)
    await desk.lane.counter.scan(Scan("ST-000123"))
    approval = ApprovalIn("m1", "802605")
    assert (
        await code(desk.disputes.end(gift(amount_minor=600, approval=approval)))
        == "sign_in_refused"
    )
    assert await desk.settled() == []


async def test_without_a_key_no_pin_is_checked(tmp_path):
    """A lane of an older chain says what is missing."""
    async with at_a_lane(tmp_path, staff=STAFF) as player:
        staff = player.disputes.staff
        staff._settings = msgspec.structs.replace(staff._settings, peppers={})
        assert await code(staff.sign_in(pin("m1", "802604"))) == "pin_unavailable"


# What a thief can do.


async def miss(player, times: int, staff_id: str = "m1") -> list[str]:
    return [
        await code(player.disputes.staff.sign_in(pin(staff_id, "000000"))) for _ in range(times)
    ]


async def test_guessing_locks_and_the_right_pin_does_not_open_the_lock(desk):
    """Five misses; then nothing is looked at for a quarter of an hour, and half an hour after the next."""
    assert await miss(desk, 6) == ["sign_in_refused"] * 5 + ["pin_locked"]
    assert await code(desk.disputes.staff.sign_in(pin("m1", "802604"))) == "pin_locked"
    await desk.lane.clock.advance(15 * 60)
    assert await miss(desk, 2) == ["sign_in_refused", "pin_locked"]
    await desk.lane.clock.advance(15 * 60)
    assert await miss(desk, 1) == ["pin_locked"]
    await desk.lane.clock.advance(15 * 60)
    assert (await desk.disputes.staff.sign_in(pin("m1", "802604"))).id == "m1"
    assert ("staff_pin_locked", "m1 until 2026-11-02T12:15Z") in await noted(desk)


async def test_a_lock_holds_for_its_person_alone(desk):
    """Another one's PIN still opens."""
    await miss(desk, 5)
    assert (await desk.disputes.staff.sign_in(pin("s7", "802604"))).id == "s7"


async def test_the_lock_survives_a_restart(tmp_path):
    """Pulling the plug is no way to more guesses; the count goes on where it was."""
    async with at_a_lane(tmp_path, staff=STAFF) as player:
        await miss(player, 4)
    async with at_a_lane(tmp_path, staff=STAFF) as player:
        assert await miss(player, 2) == ["sign_in_refused", "pin_locked"]
    async with at_a_lane(tmp_path, staff=STAFF) as player:
        assert await miss(player, 1) == ["pin_locked"]


async def test_a_try_is_counted_before_the_pin_is_looked_at(tmp_path):
    """A power cut while Argon2 works is a miss all the same."""
    async with at_a_lane(tmp_path, staff=STAFF) as player:
        staff = player.disputes.staff

        def cut(encoded: str, digits: str) -> bool:
            raise ConnectionError("power cut")

        staff._fits = cut
        for _ in range(5):
            with pytest.raises(ConnectionError):
                await staff.sign_in(pin("m1", "802604"))
    async with at_a_lane(tmp_path, staff=STAFF) as player:
        assert await code(player.disputes.staff.sign_in(pin("m1", "802604"))) == "pin_locked"


async def test_a_hundred_calls_at_once_buy_no_guess(desk):
    """One PIN is looked at a time: five of them, and the rest are locked out."""
    tries = (code(desk.disputes.staff.sign_in(pin("m1", "000000"))) for _ in range(20))
    told = await asyncio.gather(*tries)
    assert sorted(told) == ["pin_locked"] * 15 + ["sign_in_refused"] * 5


async def test_one_common_pin_tried_on_everybody_locks_the_lane(desk):
    """Twenty misses over all numbers, known or not; then nobody's PIN is taken, badges still are."""
    told = [await code(desk.disputes.staff.sign_in(pin(f"x{n}", "802604"))) for n in range(21)]
    assert told == ["sign_in_refused"] * 20 + ["pin_locked"]
    assert await code(desk.disputes.staff.sign_in(pin("m1", "802604"))) == "pin_locked"
    await desk.lane.counter.scan(Scan("ST-000123"))
    assert (await desk.disputes.staff.signed_in()).id == "1204"


async def test_a_right_pin_in_between_does_not_pay_for_others_misses(desk):
    """A cashier with a PIN of their own cannot wipe the lane's count clean."""
    for n in range(19):
        await code(desk.disputes.staff.sign_in(pin(f"x{n}", "802604")))
        if n % 5 == 0:
            await desk.disputes.staff.sign_in(pin("s7", "802604"))
    assert await code(desk.disputes.staff.sign_in(pin("x", "802604"))) == "sign_in_refused"
    assert await code(desk.disputes.staff.sign_in(pin("s7", "802604"))) == "pin_locked"


async def test_a_number_that_nobody_has_is_not_told_from_one_that_somebody_has(desk):
    """The same words, and Argon2 works for both: a hash that is nobody's is checked."""
    looked = []
    staff = desk.disputes.staff
    fits = staff._fits

    def watch(encoded: str, digits: str) -> bool:
        looked.append(encoded[:31])
        return fits(encoded, digits)

    staff._fits = watch
    refusals = []
    for staff_id in ("m1", "nobody", "1204"):
        with pytest.raises(Refused) as refused:
            await staff.sign_in(pin(staff_id, "000000"))
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1
    assert looked == ["$argon2id$v=19$m=19456,t=2,p=1$"] * 3


async def test_badges_that_a_caller_sends_are_counted_as_guesses(desk):
    """Twenty, then none for a while; the lane's own scanner goes on."""
    guesses = [SignInIn(badge=f"ST-{n:06d}") for n in range(1000, 1021)]
    told = [await code(desk.disputes.staff.sign_in(guess)) for guess in guesses]
    assert told == ["sign_in_refused"] * 20 + ["pin_locked"]
    assert await code(desk.disputes.staff.sign_in(SignInIn(badge="ST-000123"))) == "pin_locked"
    await desk.lane.counter.scan(Scan("ST-000123"))
    assert (await desk.disputes.staff.signed_in()).id == "1204"


async def test_locked_tries_write_no_rows(desk):
    """A caller that goes on guessing fills nobody's disk."""
    await miss(desk, 5)
    rows = desk.lane.journal.last_seq
    await miss(desk, 50)
    assert desk.lane.journal.last_seq == rows


# What headquarters publishes is not trusted blindly.


def published(home: Path, *bodies: bytes) -> None:
    """Put scripts into the generation before the lane opens it."""
    db = sqlite3.connect(home / "data" / "offers-g1.db")
    with db:
        db.execute(
            "INSERT OR REPLACE INTO document VALUES ('scripts', ?)",
            (b"[" + b",".join(bodies) + b"]",),
        )
    db.close()


async def complaint(home: Path) -> tuple[str, int]:
    async with at_a_lane(home) as player:
        await player.do_sale(STORY_SALE, 1)
        opened = await player.disputes.step(DisputeIn("dispute", "tea-50"))
        return opened.say, opened.script_version


def changed(**more) -> Script:
    return msgspec.structs.replace(built_in()["expired"], version=5, **more)


async def test_a_published_script_takes_the_place_of_the_built_in_one(tmp_path):
    """Its words, its version; the others stay as they are."""
    async with at_a_lane(tmp_path):
        pass
    step = built_in()["expired"].step
    say = msgspec.structs.replace(step["ended"], say={"en": "It ended. Sorry."})
    published(tmp_path, encode(changed(step={**step, "ended": say})))
    assert await complaint(tmp_path) == ("It ended. Sorry.", 5)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.replace(b"The last day", b"<b>The last day</b>"),
        lambda body: body.replace(b'"to":"ended"', b'"to":"nowhere"'),
        lambda body: body.replace(b'"version":5', b'"version":5,"newer":1'),
        lambda body: b'{"script": 7}',
        lambda body: b"null",
    ],
    ids=["markup", "no such step", "a newer form", "another type", "nothing"],
)
async def test_a_script_that_is_no_good_is_refused_alone(tmp_path, spoil):
    """Markup in a text, a broken tree, a form of tomorrow: the built-in one stands in its place."""
    async with at_a_lane(tmp_path):
        pass
    body = encode(changed())
    assert spoil(body) != body
    published(tmp_path, spoil(body))
    said, version = await complaint(tmp_path)
    assert version == 1
    assert "<" not in said


async def test_staff_that_cannot_be_read_lets_nobody_in(tmp_path):
    """Not an open door: a badge is then good for nothing, and nothing is settled unsigned."""
    async with at_a_lane(tmp_path):
        pass
    db = sqlite3.connect(tmp_path / "data" / "offers-g1.db")
    with db:
        db.execute("INSERT OR REPLACE INTO document VALUES ('staff', ?)", (b'{"member": 7}',))
    db.close()
    async with at_a_lane(tmp_path) as player:
        await player.do_sale(STORY_SALE, 1)
        assert await code(player.disputes.end(gift(by="17"))) == "sign_in_first"
