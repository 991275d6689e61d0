"use strict";
// The cashier's page. Draws the lane's state as it comes; text goes in by textContent alone.

const QUIET_MS = 15000; // the lane beats every 5 s: three missed beats are a lost lane
const RETRY_MS = 2000;
const STEP_PARTS = 2; // the stepper moves half a unit of the currency

const $ = (id) => document.getElementById(id);
let tables = { en: {} };
let words = {};
let state = null;
let source = null;
let quiet = 0;
let retry = 0;

function say(key) {
  return words[key] || key;
}

function digits(currency) {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
}

function money(minor, currency) {
  const figure = minor / 10 ** digits(currency);
  const style = { style: "currency", currency, numberingSystem: "latn" }; // the digits of the till
  return new Intl.NumberFormat(document.documentElement.lang, style).format(figure);
}

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// ---- words ---------------------------------------------------------------------------------

function speak(language) {
  if (document.documentElement.dataset.spoken === language) return;
  words = { ...tables.en, ...(tables[language.split("-")[0]] || {}), ...(tables[language] || {}) };
  document.documentElement.lang = language;
  document.documentElement.dir = words.dir || "ltr";
  document.documentElement.dataset.spoken = language;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
}

// ---- drawing -------------------------------------------------------------------------------

function draw(next) {
  state = next;
  speak(state.language);
  $("lane").textContent = `${say("lane")} ${state.lane}`;
  document.title = `${say("lane")} ${state.lane} · tillside`;
  for (const part of ["printer", "hq", "cache"]) drawLight($(`light-${part}`), state[part]);
  const sale = state.sale;
  $("training").hidden = !(state.training || (sale && sale.training));
  $("notices").replaceChildren(...state.notices.map((text) => make("li", "", text)));
  $("idle").hidden = Boolean(sale);
  $("sale").hidden = !sale;
  $("side").hidden = !sale;
  if (sale) drawSale(sale);
  else keyed($("lines"), [], () => null);
}

function drawLight(node, light) {
  node.dataset.level = light.level;
  node.querySelector("b").textContent = light.words;
}

function drawSale(sale) {
  keyed($("lines"), sale.lines, (line) => drawLine(line, sale));
  $("no-lines").hidden = sale.lines.length > 0;
  $("total").textContent = money(sale.total_discount_minor, sale.currency);
  $("state-word").textContent = say(`state_${sale.state}`);
  $("receipt").textContent = `${say("till")} ${sale.till} · ${sale.number}`;
  $("shopper").textContent = sale.shopper || say("no_shopper");
  drawReceived(sale);
  drawSettled(sale);
}

function drawLine(line, sale) {
  const item = make("li", "line new");
  item.dataset.kind = line.kind;
  const head = make("p", "head");
  head.append(make("span", "tag kind", say(`kind_${line.kind}`)), make("span", "title", line.title));
  if (line.provisional) head.append(make("span", "tag provisional", say("provisional")));
  item.append(head, make("p", "sentence", line.sentence));
  const end = make("div", "end");
  if (line.discount_minor) end.append(make("span", "sum", `−${money(line.discount_minor, sale.currency)}`));
  if (line.disputable) end.append(settleButton(line, sale));
  item.append(end);
  return item;
}

function settleButton(line, sale) {
  const button = make("button", "", say("settle"));
  button.type = "button";
  button.setAttribute("aria-label", `${say("settle")} ${line.title}`);
  button.addEventListener("click", () => openGoodwill(line, sale));
  return button;
}

function drawReceived(sale) {
  $("received").hidden = sale.received.length === 0 && !sale.received_words;
  $("received-words").textContent = sale.received_words;
  keyed($("received-list"), sale.received, (one) => {
    const item = make("li");
    item.dataset.result = one.result;
    item.append(make("b", "", one.title), make("span", "", one.words));
    return item;
  });
}

function drawSettled(sale) {
  $("settled").hidden = sale.disputes.length === 0;
  keyed($("settled-list"), sale.disputes, (one) => {
    const item = make("li");
    item.append(make("b", "", `${one.title} · ${money(one.amount_minor, sale.currency)}`));
    item.append(make("span", "", `${one.note} · ${one.by}`));
    return item;
  });
}

// Keep the nodes of entries that did not change, so that focus and scroll stay where they are.
function keyed(list, entries, build) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  const nodes = entries.map((entry) => {
    const key = JSON.stringify([document.documentElement.lang, state.sale.transaction, entry]);
    const node = old.get(key) || build(entry);
    if (old.has(key)) node.classList.remove("new");
    node.dataset.key = key;
    return node;
  });
  if (nodes.length === list.children.length && nodes.every((node, i) => node === list.children[i])) return;
  list.replaceChildren(...nodes);
  if (focused) [...list.querySelectorAll("button")].find((b) => b.getAttribute("aria-label") === focused)?.focus();
  if (list.id === "lines" && entries.length) $("heard").textContent = entries[0].sentence;
}

// ---- goodwill ------------------------------------------------------------------------------

let asked = null; // what the open dialog is about

function openGoodwill(line, sale) {
  asked = { transaction: sale.transaction, currency: sale.currency, line, amount: line.goodwill_minor };
  $("goodwill-title").textContent = line.title;
  $("goodwill-problem").textContent = "";
  $("note").selectedIndex = 0;
  $("badge").value = sessionStorage.getItem("badge") || "";
  drawAmount();
  $("goodwill").showModal();
  ($("badge").value ? $("give") : $("badge")).focus();
}

function drawAmount() {
  const figure = money(asked.amount, asked.currency);
  $("amount").textContent = figure;
  $("give").textContent = say("give").replace("{amount}", figure);
  $("less").disabled = asked.amount <= step();
  $("more").disabled = asked.amount >= state.case_max_minor;
}

function step() {
  return Math.max(1, 10 ** digits(asked.currency) / STEP_PARTS);
}

function move(by) {
  asked.amount = Math.min(state.case_max_minor, Math.max(step(), asked.amount + by));
  drawAmount();
}

async function give(event) {
  event.preventDefault();
  const badge = $("badge").value.trim();
  if (!badge) {
    $("goodwill-problem").textContent = say("badge_missing");
    $("badge").focus();
    return;
  }
  sessionStorage.setItem("badge", badge);
  $("give").disabled = true;
  const problem = await settle({
    transaction: asked.transaction,
    offer_id: asked.line.offer_id,
    amount_minor: asked.amount,
    by: badge,
    note: $("note").value,
  });
  $("give").disabled = false;
  $("goodwill-problem").textContent = problem || "";
  if (!problem) $("goodwill").close();
}

// Give the words of what went wrong; nothing where it is settled.
async function settle(wish) {
  try {
    const answer = await fetch("/v1/disputes", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(wish),
      signal: AbortSignal.timeout(5000),
    });
    const body = await answer.json();
    if (!answer.ok) return `${body.what} ${body.do}`;
    announce(say("given").replace("{amount}", money(body.amount_minor, asked.currency)));
    return null;
  } catch {
    return say("failed");
  }
}

let spoken = 0;
function announce(text) {
  $("said").textContent = text;
  clearTimeout(spoken);
  spoken = setTimeout(() => { $("said").textContent = ""; }, 8000);
}

// ---- the link ------------------------------------------------------------------------------

function link(name, text) {
  document.body.dataset.link = name;
  $("link").hidden = name === "live";
  $("link").textContent = text;
}

function heard() {
  clearTimeout(quiet);
  quiet = setTimeout(lost, QUIET_MS);
  if (document.body.dataset.link !== "live") link("live", "");
}

function lost() {
  if (source) source.close();
  clearTimeout(quiet);
  clearTimeout(retry);
  link("lost", say("not_connected"));
  retry = setTimeout(again, RETRY_MS);
}

// A page whose key has ended is locked: show the page that says how to open it.
async function again() {
  const answer = await fetch("/", { signal: AbortSignal.timeout(RETRY_MS) }).catch(() => null);
  if (answer && answer.status === 401) location.reload();
  else connect();
}

function connect() {
  source = new EventSource("/v1/events");
  source.addEventListener("state", (event) => { draw(JSON.parse(event.data)); heard(); });
  source.addEventListener("beat", heard);
  source.addEventListener("error", lost);
}

async function start() {
  $("less").addEventListener("click", () => move(-step()));
  $("more").addEventListener("click", () => move(step()));
  $("cancel").addEventListener("click", () => $("goodwill").close());
  $("goodwill-form").addEventListener("submit", give);
  tables = await (await fetch("/static/words.json")).json();
  speak(document.documentElement.lang);
  delete document.documentElement.dataset.spoken;
  connect();
}

start().catch(lost);
