// A sale of the past: found by its receipt or its coupon, decided again, each verdict with its proof.

import { $, announce, button, call, make, pairs, say } from "/static/words.js";
import { reprint } from "/static/sale.js";
import { openDrawer } from "/static/drawer.js";

async function look(wanted) {
  if (!wanted) return;
  $("past-box").value = wanted;
  const told = await call("GET", `/v1/past?number=${encodeURIComponent(wanted)}`);
  $("past").hidden = Boolean(told.problem);
  $("past-said").textContent = told.problem || told.notes[0];
  $("past-said").classList.toggle("hidden-words", !told.problem);
  if (!told.problem) draw(told);
}

function draw(sale) {
  const head = make("div", "past-head");
  head.append(make("h2", "", `${say("till")} ${sale.till} · ${sale.number} · ${sale.day}`));
  const facts = [say(`state_${sale.state}`), sale.shopper && `${say("shopper")} ${sale.shopper}`, `${say("total")} ${sale.total}`];
  head.append(make("p", "hint", facts.filter(Boolean).join(" · ")));
  const again = button("", say("reprint"), () => reprint(sale.uid));
  again.hidden = !sale.next_visit.some((one) => one.kind === "applied");
  $("past").replaceChildren(head, notes(sale), again);
  section("past_verdicts", sale.verdicts.map((one) => drawVerdict(one, sale)), "ol", "lines");
  section("past_next", sale.next_visit.map((one) => drawVerdict(one, sale)), "ol", "lines");
  section("past_lines", sale.lines.map(drawLine), "ul", "bought");
}

function notes(sale) {
  const list = make("ul", "replay");
  list.dataset.replay = sale.replay;
  list.append(...sale.notes.map((text) => make("li", "", text)));
  for (const fault of sale.faults) {
    const item = make("li", "fault", fault);
    item.lang = "en";
    item.dir = "ltr";
    list.append(item);
  }
  return list;
}

function section(word, items, tag, className) {
  if (!items.length) return;
  const list = make(tag, className);
  list.append(...items);
  $("past").append(make("h3", "", say(word)), list);
}

function drawVerdict(one, sale) {
  const item = make("li", "line");
  item.dataset.kind = one.kind;
  const head = make("p", "head");
  head.append(make("span", "tag kind", say(`kind_${one.kind}`)), make("span", "title", one.title));
  item.append(head, make("p", "sentence", one.sentence));
  const end = make("div", "end");
  if (one.discount) end.append(make("span", "sum", one.discount));
  if (sale.transaction) {
    const name = `${say("settle")} ${one.title}, ${say(`kind_${one.kind}`)}`;
    end.append(button("plain", say("settle"), () => openDrawer(one, sale), name));
  }
  item.append(end);
  const proof = make("dl", "evidence");
  pairs(proof, one.evidence);
  item.append(proof);
  return item;
}

function drawLine(one) {
  const item = make("li");
  item.append(make("span", "", `${one.quantity} × ${one.name}`));
  item.append(make("span", "", [one.amount, one.discount].filter(Boolean).join(" ")));
  return item;
}

async function awaitScan() {
  const told = await call("POST", "/v1/scans");
  announce(told.problem || say("past_scanning"));
}

// The lane's scanner read a coupon for this page.
export function scanned(code) {
  $("tab-past").click();
  look(code);
}

export function startPast() {
  $("past-form").addEventListener("submit", (event) => { event.preventDefault(); look($("past-box").value.trim()); });
  $("past-scan").addEventListener("click", awaitScan);
}
