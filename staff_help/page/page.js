// The cashier's page: the link to the lane, the three views, the three lights.

import { $, learn, make, say } from "/static/words.js";
import { drawSale, startSale } from "/static/sale.js";
import { startMore } from "/static/more.js";
import { startAsk } from "/static/ask.js";
import { scanned, startPast } from "/static/past.js";
import { startDrawer } from "/static/drawer.js";

const QUIET_MS = 15000; // the lane beats every 5 s: three missed beats are a lost lane
const RETRY_MS = 2000;
const VIEWS = ["sale", "ask", "past"];

let source = null;
let quiet = 0;
let retry = 0;

function draw(state) {
  $("lane").textContent = `${say("lane")} ${state.lane}`;
  document.title = `${say("lane")} ${state.lane} · tillside`;
  for (const part of ["printer", "hq", "cache"]) drawLight($(`light-${part}`), state[part]);
  $("notices").replaceChildren(...state.notices.map((text) => make("li", "", text)));
  drawSale(state);
}

function drawLight(node, light) {
  node.dataset.level = light.level;
  node.querySelector("b").textContent = light.words;
}

function show(view) {
  for (const name of VIEWS) {
    $(`view-${name}`).hidden = name !== view;
    if (name === view) $(`tab-${name}`).setAttribute("aria-current", "page");
    else $(`tab-${name}`).removeAttribute("aria-current");
  }
  if (view !== "sale") $(`${view}-box`).focus();
}

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
  source.addEventListener("scan", (event) => scanned(JSON.parse(event.data).code));
  source.addEventListener("beat", heard);
  source.addEventListener("error", lost);
}

async function start() {
  await learn();
  for (const view of VIEWS) $(`tab-${view}`).addEventListener("click", () => show(view));
  startSale();
  startMore();
  startAsk();
  startPast();
  startDrawer();
  connect();
}

start().catch(lost);
