"""The printer's page: who may call it, what it serves, and how it looks and works in Chromium."""

import asyncio
import contextlib
import json
import shutil

import pytest

from hardware_sim.http_client import call, events
from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.paper_feed import PaperFeed
from hardware_sim.print_head import Pace
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import CATALOGUE
from hardware_sim.printer_models import TM_T20III
from hardware_sim.printer_web import PrinterPage
from hardware_sim.serial_printer import SerialPrinter
from hardware_sim.web_server import serve

JSON = {"Content-Type": "application/json"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.asynccontextmanager
async def page_of(printer):
    await printer.start()
    page = PrinterPage(printer)
    try:
        async with serve(page.app(), 0, page.close) as address:
            yield address
    finally:
        await printer.stop()


@pytest.fixture
async def printer():
    return NetworkPrinter(PrinterDevice(TM_T20III))


@pytest.fixture
async def address(printer):
    async with page_of(printer) as address:
        yield address


async def post(address, path, body=b"{}", **headers):
    return await call("POST", f"{address}/{path}", JSON | headers, body)


async def send(printer, data):
    host, port = printer.address.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def until(holds):
    async with asyncio.timeout(5):
        while not holds():  # the far end is the kernel
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 200), ({"Host": "evil.example"}, 403), ({"Host": "127.0.0.1:1"}, 403), ({"Origin": "http://evil.example"}, 403)],
)  # fmt: skip
async def test_another_name_and_another_site_are_refused(address, headers, status):
    """A rebound name, another port and another site's page get nothing."""
    assert (await call("GET", f"{address}/state", headers)).status == status


async def test_commands_come_as_json_from_the_own_page(address, printer):
    """A form's POST, which any page could send, is refused; our own origin may."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused = await call("POST", f"{address}/fault", form, b'{"fault": "mute"}')
    assert refused.status == 403
    allowed = await post(address, "fault", b'{"fault": "mute"}', Origin=address)
    assert allowed.status == 200
    assert printer.device.mishaps.names == ["mute"]


async def test_a_fault_by_http_and_back(address, printer):
    """The answer is the state that follows; healing ends it."""
    answer = (await post(address, "fault", b'{"fault": "paper-out=3"}')).json()
    assert answer["faults"] == ["paper-out=3"]
    await send(printer, b"one\ntwo\n")
    await until(lambda: printer.device.sensors.paper_out)
    assert (await call("GET", f"{address}/state", {})).json()["paper_out"] is True
    assert (await post(address, "heal")).json()["faults"] == []
    await until(lambda: printer.device.roll.hanging.lines == ["one", "two"])


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"fault": "tea"}', 400), (b'{"fault": "usb-vanish"}', 400), (b"[]", 400), (b"not json", 400),
     (b"x" * 2000, 413), (b"\xff", 400)],
)  # fmt: skip
async def test_what_is_no_fault_is_refused_with_a_sentence(address, printer, body, status):
    """Unknown, not on this line, not JSON, too long: nothing happens."""
    answer = await post(address, "fault", body)
    assert answer.status == status
    assert answer.json()["error"]
    assert printer.device.mishaps.names == []


async def test_slips_are_served_as_pictures_and_words(address, printer):
    """PNG and text of a slip by its number; none beyond; the paper is torn off by a POST."""
    await send(printer, b"Hello\n")
    await until(lambda: printer.device.roll.hanging.lines == ["Hello"])
    assert (await post(address, "tear")).json()["slips"] == 1
    picture = await call("GET", f"{address}/slips/1.png", {})
    assert picture.body.startswith(b"\x89PNG")
    assert (await call("GET", f"{address}/slips/1.txt", {})).body == b"Hello\n"
    assert (await call("GET", f"{address}/slips/2.png", {})).status == 404


async def test_the_feed_button_lets_a_macro_go_on(address, printer):
    """GS ^ with m = 1 waits for it."""
    await send(printer, b"\x1d:x\n\x1d:\x1d^\x01\x00\x01")
    await until(lambda: printer.device.sensors.awaits_button)
    await post(address, "feed")
    assert printer.device.roll.hanging.lines == ["x", "x"]


async def test_the_catalogue_is_that_of_the_line(address, tmp_path):
    """A network printer has no adapter to pull, a serial one no connection to reset."""
    names = {row["name"] for row in (await call("GET", f"{address}/faults", {})).json()}
    assert names == {fault.name for fault in CATALOGUE if "tcp" in fault.lines}
    async with page_of(SerialPrinter(PrinterDevice(), tmp_path / "printer")) as other:
        names = {row["name"] for row in (await call("GET", f"{other}/faults", {})).json()}
        assert names == {fault.name for fault in CATALOGUE if "pty" in fault.lines}


async def test_the_stream_tells_rows_slips_and_states(address, printer):
    """First how it stands; then rows as they come out; then the slip that was cut."""
    seen = []
    async with asyncio.timeout(10):
        async for name, data in events(f"{address}/events", {}):
            seen.append((name, json.loads(data)))
            if len(seen) == 1:
                await send(printer, b"Hello\n")
            if name == "rows" and data.find("Hello") > 0 and not printer.device.roll.slips:
                await send(printer, b"\x1dVA\x00")
            if name == "slip":
                break
    assert seen[0][0] == "state"
    rows = next(data for name, data in seen if name == "rows")
    assert (rows["from"], rows["height"], rows["width"]) == (0, 30, 576)
    assert rows["png"].startswith("data:image/png;base64,")
    assert seen[-1][1]["text"] == "Hello\n-- full cut --\n"


async def test_the_stream_ends_with_the_page(printer):
    """Closing the page ends the streams of those who read it."""
    async with page_of(printer) as address:
        stream = events(f"{address}/events", {})
        await anext(stream)
    with contextlib.suppress(StopAsyncIteration):
        async with asyncio.timeout(10):
            while True:
                await anext(stream)


def test_what_was_seen_is_not_told_again():
    """Rows are told once; after a cut the paper behind the blade starts anew."""
    device = PrinterDevice(TM_T20III)
    feed = PaperFeed(device)
    device.receive(b"one\n", 0.0)
    assert [(name, data["height"]) for name, data in feed.news()] == [("rows", 30)]
    assert feed.news() == []
    device.receive(b"two\n\x1dV\x00", 0.0)  # not fed: both lines are before the blade
    told = feed.news()
    assert [name for name, _ in told] == ["slip", "rows"]
    assert (told[1][1]["from"], told[1][1]["height"]) == (0, 60)


@pytest.fixture
async def browser_page(printer):
    """A page in Debian's Chromium."""
    playwright = pytest.importorskip("playwright.async_api", reason="pip install playwright")
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page
        await browser.close()


async def test_in_chromium_the_slip_grows_and_is_cut(browser_page, printer, address):
    """Words appear as they are printed; the picture grows; a cut makes it a slip of its own."""
    await browser_page.goto(address)
    await browser_page.locator("#lamps >> text=ready").wait_for()
    await send(printer, b"Hello shopper\n")
    await browser_page.locator("#words >> text=Hello shopper").wait_for()
    heights = "Array.from(document.querySelectorAll('#strips img')).map(i => i.naturalHeight)"
    await send(printer, b"second line\n")
    await browser_page.locator("#words >> text=second line").wait_for()
    assert sum(await browser_page.evaluate(heights)) == 60
    await send(printer, b"\x1dVA\x00")
    slip = browser_page.locator("#slips li img")
    await slip.wait_for()
    size = await slip.evaluate("i => i.decode().then(() => [i.naturalWidth, i.naturalHeight])")
    assert size == [576, 60]
    assert "Hello shopper" in await slip.get_attribute("alt")
    await send(printer, b"\x1bJ\x78")  # the white paper between head and blade
    await browser_page.locator("#strips img").first.wait_for(state="attached")
    assert "second line" in await browser_page.locator("#words").text_content()
    assert browser_page.complaints == []


async def test_in_chromium_faults_are_buttons(browser_page, printer, address):
    """A press opens the cover, a number goes with it, the lamps follow, one button puts all right."""
    await browser_page.goto(address)
    button = browser_page.get_by_role("button", name="cover-open")
    await button.click()
    await browser_page.locator("#lamps >> text=cover open").wait_for()
    assert await button.get_attribute("aria-pressed") == "true"
    row = browser_page.locator("#faults li", has_text="slow-head")
    await row.locator("input").fill("7")
    await row.get_by_role("button").click()
    await until(lambda: printer.device.mishaps.names == ["cover-open", "slow-head=7"])
    await browser_page.get_by_role("button", name="Put everything right").click()
    await browser_page.locator("#lamps >> text=ready").wait_for()
    assert await button.get_attribute("aria-pressed") == "false"
    assert printer.device.mishaps.names == []
    assert browser_page.complaints == []


async def test_in_chromium_by_keyboard_alone(browser_page, address, printer):
    """The first Tab stops lead to paper, words and hands; Enter presses."""
    await browser_page.goto(address)
    await browser_page.get_by_role("button", name="mute").focus()
    await browser_page.keyboard.press("Enter")
    await until(lambda: printer.device.mishaps.names == ["mute"])
    await browser_page.get_by_role("button", name="Put everything right").focus()
    await browser_page.keyboard.press("Enter")
    await until(lambda: printer.device.mishaps.names == [])


async def test_in_chromium_one_who_comes_late_sees_the_last_slips(browser_page, tmp_path):
    """25 slips were cut before: the last 20 are shown, and what hangs out."""
    printer = SerialPrinter(PrinterDevice(TM_T20III, Pace()), tmp_path / "printer")
    async with page_of(printer) as address:
        for number in range(25):
            printer.host.arrived(b"slip %d\n\x1dVA\x00" % number)
        printer.host.arrived(b"hanging\n")
        await browser_page.goto(address)
        await browser_page.locator("#words >> text=hanging").wait_for()
        names = await browser_page.locator("#slips img").evaluate_all("all => all.map(i => i.alt)")
        assert [name.split(":")[0] for name in names] == [f"Slip {n}" for n in range(6, 26)]
