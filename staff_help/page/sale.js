// The sale in hand: its offers as sentences, what was printed, what was settled.

import { $, announce, button, call, keyed, make, say } from "/static/words.js";
import { openMore, showSlip } from "/static/more.js";
import { openDrawer, staffMayHaveChanged } from "/static/drawer.js";

let sale = null;
let told = {}; // to a screen reader: of which sale, and what

export function drawSale(state) {
  sale = state.sale;
  staffMayHaveChanged();
  $("idle").hidden = Boolean(sale);
  $("sale").hidden = !sale;
  $("side").hidden = !sale;
  $("greeting").textContent = sale ? sale.greeting : "";
  $("training").hidden = !(state.training || (sale && sale.training));
  if (!sale) {
    keyed($("lines"), [], () => null);
    return;
  }
  drawLines();
  drawSide();
}

function drawLines() {
  keyed($("lines"), sale.lines.map((line) => ({ ...line, of: sale.transaction })), drawLine);
  $("no-lines").hidden = sale.lines.length > 0;
  $("left-out").hidden = sale.left_out.length === 0;
  keyed($("left-out-list"), sale.left_out, (text) => make("li", "", text));
  // One sentence is told to a screen reader, the most important one; the rest is there to be read.
  const first = sale.lines.length ? sale.lines[0].sentence : "";
  if (told.of !== sale.transaction || told.first !== first) $("heard").textContent = first;
  told = { of: sale.transaction, first };
}

function drawLine(line) {
  const item = make("li", "line new");
  item.dataset.kind = line.kind;
  const head = make("p", "head");
  head.append(make("span", "tag kind", say(`kind_${line.kind}`)), make("span", "title", line.title));
  if (line.provisional) head.append(make("span", "tag provisional", say("provisional")));
  // An offer may stand here twice: what became of it in the sale, and on the slip behind it.
  const name = line.kind === "withheld" ? `${line.title}, ${say("kind_withheld")}` : line.title;
  const end = make("div", "end");
  if (line.discount) end.append(make("span", "sum", line.discount));
  if (line.disputable) {
    const settle = button(line.kind === "applied" ? "plain" : "", say("settle"), () => dispute(line), `${say("settle")} ${name}`);
    end.append(settle);
  }
  end.append(button("more", "⋯", () => openMore(line), `${say("evidence")}: ${name}`));
  item.append(head, make("p", "sentence", line.sentence), end);
  return item;
}

// Open the drawer about an offer of the sale in hand, at the script that is known to be meant.
export function dispute(line) {
  openDrawer(line, sale);
}

export const inHand = () => sale;

function drawSide() {
  $("total").textContent = sale.total;
  $("state-word").textContent = say(`state_${sale.state}`);
  $("receipt").textContent = `${say("till")} ${sale.till} · ${sale.number}`;
  $("shopper").textContent = sale.shopper || say("no_shopper");
  $("paper").hidden = sale.paper !== "ask";
  $("received").hidden = sale.received.length === 0 && !sale.received_words;
  $("received-words").textContent = sale.received_words;
  $("reprint").hidden = !sale.reprint;
  keyed($("received-list"), sale.received, drawReceived);
  $("settled").hidden = sale.disputes.length === 0;
  keyed($("settled-list"), sale.disputes, drawSettled);
}

function drawReceived(one) {
  const item = make("li");
  item.dataset.result = one.result;
  const told = make("div");
  told.append(make("b", "", one.title), make("span", "", one.words));
  item.append(told);
  if (one.slip) {
    const look = button("picture", "", () => showSlip(one), say("slip", { title: one.title }));
    const picture = make("img");
    picture.src = `/v1/slips/${one.slip}`;
    picture.alt = "";
    look.append(picture);
    item.append(look);
  }
  return item;
}

function drawSettled(one) {
  const item = make("li");
  item.append(make("b", "", one.amount ? `${one.title} · ${one.amount}` : one.title));
  item.append(make("span", "", [one.note, one.by].filter(Boolean).join(" · ")));
  return item;
}

async function askPaper() {
  const done = await call("POST", "/v1/paper", { transaction: sale.transaction });
  announce(done.problem || say({ noted: "paper_said", printing: "paper_printing", nothing: "paper_nothing" }[done.state]));
}

export async function reprint(uid) {
  const done = await call("POST", "/v1/prints", { uid });
  announce(done.problem || say("reprint_said"));
}

export function startSale() {
  $("paper").addEventListener("click", askPaper);
  $("reprint").addEventListener("click", () => reprint(sale.uid));
}
