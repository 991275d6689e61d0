"""receiptline 4.0.4, the best of the JavaScript peers, where node and npm are present."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HOME = Path("out/peers")
PACKAGE = "receiptline@4.0.4"
SCRIPT = """
const receiptline = require('receiptline');
const PNG = require('pngjs').PNG;
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const printer = {cpl: 48, encoding: 'cp437', upsideDown: false, spacing: false, command: 'escpos'};
const size = doc => Buffer.byteLength(receiptline.transform(doc, printer), 'latin1');
const image = '{image:' + given.page + '}';
const page = Buffer.from(given.page, 'base64');
const cpu = work => {
  const began = process.cpuUsage();
  work();
  const used = process.cpuUsage(began);
  return (used.user + used.system) / 1000;
};
const middle = list => list.sort((a, b) => a - b)[12];
const whole = [], decoding = [];
for (let n = 0; n < 25; n++) {
  whole.push(cpu(() => receiptline.transform(image, printer)));
  decoding.push(cpu(() => PNG.sync.read(page)));  // as receiptline itself does
}
const [headline, big, ...rest] = given.words;
const hybrid = ['^^' + headline, '{image:' + given.photo + '}', '^^^' + big, ...rest,
                '{code:' + given.ean + '; option:ean,3,96,nohri}', given.ean, '='].join('\\n');
console.log(JSON.stringify({raster: size(image), hybrid: size(hybrid),
                            decoded_ms: middle(whole) - middle(decoding)}));
"""


@dataclass(frozen=True)
class Peer:
    """What receiptline made of the reference coupon: bytes, and CPU of one transform.

    It takes PNG alone; `decoded_ms` is without the time that its own decoder takes for the page.
    """

    raster: int
    hybrid: int
    decoded_ms: float


def receiptline(page_png: bytes, photo_png: bytes, words: list[str], ean: str) -> Peer | None:
    """Measure it, or say why not."""
    if not (shutil.which("node") and shutil.which("npm")):
        print("receiptline: no node here, not measured")
        return None
    HOME.mkdir(parents=True, exist_ok=True)
    if not (HOME / "node_modules" / "receiptline").is_dir():
        install = ["npm", "install", "--silent", "--prefix", str(HOME), PACKAGE]
        if subprocess.run(install, capture_output=True, timeout=300, check=False).returncode:
            print("receiptline: npm cannot install it, not measured")
            return None
    given = {
        "page": base64.b64encode(page_png).decode(),
        "photo": base64.b64encode(photo_png).decode(),
        "words": words,
        "ean": ean,
    }
    run = subprocess.run(
        ["node", "-e", SCRIPT], input=json.dumps(given), capture_output=True, text=True, cwd=HOME,
        timeout=120, check=False,
    )  # fmt: skip
    if run.returncode:
        print(f"receiptline: not measured: {run.stderr.strip()[-200:]}")
        return None
    return Peer(**json.loads(run.stdout))
