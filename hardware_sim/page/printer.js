"use strict";
// One page, one stream of events: "state", "rows" (the hanging slip grew), "slip" (it was cut or torn off).

const $ = (id) => document.getElementById(id);
const FIGURES = {
  buffered_bytes: "waiting bytes", received_bytes: "received bytes", dropped_bytes: "dropped bytes",
  fed_dots: "rows of paper", slips: "slips", cuts: "cuts", drawer_kicks: "drawer kicks",
  power_cycles: "power cycles", nv_writes: "NV writes",
};
const LAMPS = {
  offline: "offline", busy: "BUSY", paper_out: "paper out", paper_near_end: "paper near end",
  cover_open: "cover open", cutter_jam: "cutter jam", hot_head: "head too hot",
  switched_offline: "switched offline", drawer_open: "drawer open", awaits_button: "waits for the feed button",
};
const SHOWN_SLIPS = 20;

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function follow(change) {
  const roll = $("roll");
  const atEnd = roll.scrollHeight - roll.scrollTop - roll.clientHeight < 60;
  change();
  if (atEnd) roll.scrollTop = roll.scrollHeight;
}

function picture(source, width, height, name) {
  const image = new Image(width, height);
  image.alt = name;
  image.src = source;
  image.onload = () => follow(() => {});
  return image;
}

function showRows(rows) {
  follow(() => {
    if (rows.from === 0) $("strips").replaceChildren();
    $("hanging").hidden = false;
    $("hanging").style.width = `${rows.width}px`;
    $("strips").append(picture(rows.png, rows.width, rows.height, ""));
  });
  if (rows.text.trim()) $("words").textContent = rows.text; // else the last slip's stay to be read
}

function showSlip(slip) {
  follow(() => {
    const item = make("li", "", { "data-cut": slip.cut || "none" });
    item.style.width = `${slip.width}px`;
    item.append(picture(`/slips/${slip.number}.png`, slip.width, slip.height, `Slip ${slip.number}: ${slip.text}`));
    $("slips").append(item);
    while ($("slips").children.length > SHOWN_SLIPS) $("slips").firstChild.remove();
    $("strips").replaceChildren();
    $("hanging").hidden = true;
  });
  $("words").textContent = slip.text;
}

function showState(state) {
  $("printer-name").textContent = state.model;
  $("address").textContent = state.address;
  const on = Object.keys(LAMPS).filter((name) => state[name]);
  $("lamps").replaceChildren(
    ...(on.length ? on.map((name) => make("li", LAMPS[name], { class: "bad" })) : [make("li", "ready")]),
  );
  $("figures").replaceChildren(
    ...Object.entries(FIGURES).map(([name, label]) => {
      const row = document.createElement("div");
      row.append(make("dt", label), make("dd", state[name].toLocaleString("en")));
      return row;
    }),
  );
  $("troubles").textContent = state.troubles.length ? `Not understood: ${state.troubles.join("; ")}` : "";
  const active = new Set(state.faults.map((text) => text.split("=")[0]));
  for (const button of document.querySelectorAll("#faults button")) {
    button.setAttribute("aria-pressed", String(active.has(button.dataset.fault)));
  }
}

async function post(path, body = {}) {
  const answer = await fetch(`/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const said = await answer.json();
  $("message").className = answer.ok ? "" : "bad";
  $("message").textContent = answer.ok ? "" : said.error;
  if (answer.ok) showState(said);
}

function faultRow(fault) {
  const row = document.createElement("li");
  const button = make("button", fault.name, { type: "button", "data-fault": fault.name, "aria-pressed": "false" });
  const number = make("input", "", { type: "number", min: "0", step: "1", value: fault.default ?? "" });
  button.addEventListener("click", () => {
    const amount = fault.counts && number.value !== "" ? `=${number.value}` : "";
    post("fault", { fault: fault.name + amount });
  });
  const label = document.createElement("label");
  if (fault.counts) label.append(number, ` ${fault.counts}`);
  row.append(button, label, make("span", fault.meaning));
  return row;
}

async function start() {
  for (const button of document.querySelectorAll("[data-post]")) {
    button.addEventListener("click", () => post(button.dataset.post));
  }
  const faults = await (await fetch("/faults")).json();
  $("faults").replaceChildren(...faults.map(faultRow));
  const events = new EventSource("/events");
  events.addEventListener("open", () => {
    $("slips").replaceChildren();
    $("strips").replaceChildren();
    $("message").textContent = "";
  });
  events.addEventListener("error", () => { $("message").textContent = "The printer is not reached; trying again."; });
  events.addEventListener("state", (event) => showState(JSON.parse(event.data)));
  events.addEventListener("rows", (event) => showRows(JSON.parse(event.data)));
  events.addEventListener("slip", (event) => showSlip(JSON.parse(event.data)));
}

start();
