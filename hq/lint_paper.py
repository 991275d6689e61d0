"""What of an offer would not come out right on paper: laid out as the lanes do it, then looked at.

Words are laid out for the narrowest paper, in every language of the stores; codes for every
built-in printer and for every code that a lane may be set to print.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import get_args

from PIL import Image, UnidentifiedImageError

from hq.lint_facts import Facts, Found
from hq.previews import SAMPLE_SERIAL, sample_slip
from offers.model import Language, Offer
from printer.codes import code_items
from printer.errors import CodeError, CodeTooWide
from printer.layout import LOOKS, field, unprintable
from printer.profile import PROFILES, Profile
from printer.slip import Code
from printer.worded import Carrier, coupon_code

NARROWEST = min(PROFILES.values(), key=lambda profile: (profile.dots_wide, profile.name))
LEAST_PICTURE_DOTS = 200  # 25 mm; a picture is never enlarged, and a smaller one shows no product
CODE_CURE = "let the tills of such printers read another code ([till] carrier), or use wider paper"
LEAST_BIG = 2  # times Font A: what you get is never as small as the small print
SLIP_FIELDS = {"counts": ("products",), "not_counts": ("products", "exclude"), "terms": ("terms",)}


def code_that_does_not_scan(offer: Offer, _: Facts) -> Iterator[Found]:
    """Module, quiet zones and width of each code that a lane may print, on each printer."""
    serial = SAMPLE_SERIAL if offer.single_use else None
    carriers: tuple[Carrier, ...] = get_args(Carrier) if serial else ("qr",)
    for code in (coupon_code(offer.coupon_number, serial, carrier) for carrier in carriers):
        for profile in PROFILES.values():
            if wrong := _code_fault(code, profile):
                yield Found(("coupon_number",), f"{code.kind} on {profile.name} {wrong}", CODE_CURE)
                break


def _code_fault(code: Code, profile: Profile) -> str:
    try:
        code_items(code, profile)
    except CodeTooWide as error:
        return error.why
    except CodeError:
        return ""  # the number itself is wrong: another rule says so
    return ""


def picture_below_the_dots(offer: Offer, facts: Facts) -> Iterator[Found]:
    """A picture has at least a pixel for each dot of the least picture that shows a product."""
    png = facts.shop.pictures.get(offer.picture.sha256) if offer.picture else None
    if png is None:
        return
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            size = image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return  # no picture: another rule says so
    if max(size) < LEAST_PICTURE_DOTS:
        mm = max(size) / NARROWEST.dpi * 25.4
        what = f"it has {size[0]} x {size[1]} pixels and would be {mm:.0f} mm on paper"
        yield Found(("picture",), what, "save it 400 to 800 pixels wide")


def type_too_small(offer: Offer, facts: Facts) -> Iterator[Found]:
    """What you get and the title are bigger than the small print, on the narrowest paper too."""
    for language in facts.languages:
        slip = sample_slip(offer, None, facts.shop, Language(language))
        if slip.big and min(field("big", slip.big, NARROWEST).scale) < LEAST_BIG:
            big = slip.big.replace("\N{NO-BREAK SPACE}", " ")
            what = f"{big!r} is too long to be big on {NARROWEST.dots_wide} dots"
            yield Found(("reward",), what, "give the reward fewer words")
        if slip.headline and field("headline", slip.headline, NARROWEST).scale == (1, 1):
            room = LOOKS["headline"].scales[1][2] * NARROWEST.columns_a
            what = f"it is as small as the terms on {NARROWEST.dots_wide} dots"
            yield Found(("title", language), what, f"shorten it to {room} characters")


def words_that_do_not_fit(offer: Offer, facts: Facts) -> Iterator[Found]:
    """Terms and what counts take no more lines than a slip has for them."""
    for language in facts.languages:
        slip = sample_slip(offer, None, facts.shop, Language(language))
        for name, path in SLIP_FIELDS.items():
            made = field(name, getattr(slip, name), NARROWEST)
            most = LOOKS[name].scales[-1][2]
            if made.lines > most:
                place = (*path, language) if name == "terms" else path
                what = f"its words take {made.lines} lines in {language!r}; {most} fit a slip"
                yield Found(place, what, "shorten them")


def letters_that_are_missing(offer: Offer, facts: Facts) -> Iterator[Found]:
    """Every letter is the printers' own, or in a font of this machine."""
    for language in facts.languages:
        slip = sample_slip(offer, None, facts.shop, Language(language))
        if lacking := unprintable(slip, NARROWEST):
            what = (
                f"no font here draws {lacking[:12]!r}: lanes like this one print another language"
            )
            do = "install the extras fonts and fonts-cjk here and on the lanes"
            yield Found(("title", language), what, do, "warning")


PAPER_RULES = (
    code_that_does_not_scan,
    picture_below_the_dots,
    type_too_small,
    words_that_do_not_fit,
    letters_that_are_missing,
)
