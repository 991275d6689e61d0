// The drawer of disputes: headquarters' script, step by step; one tap opens it, one tap may end it.

import { $, announce, button, call, closes, make, say } from "/static/words.js";

const BADGE = "badge"; // kept for this window, so that the second dispute of a shift is two taps
const SIGN_IN = "sign_in_first";
const NO_SERIAL = "reissue_serial";

let dispute = null; // what the drawer is about: the sale, the offer, the way so far
let staff = { published: false, id: "", approvers: [] };

export async function openDrawer(line, sale) {
  dispute = { transaction: sale.transaction, offer_id: line.offer_id, title: line.title, path: [], script: line.script || null, serial: "" };
  head(line.title);
  $("drawer").showModal();
  staff = { ...staff, ...await call("GET", "/v1/staff") };
  await step();
}

// Somebody may have signed in by a badge at the lane's scanner.
export async function staffMayHaveChanged() {
  if (!$("drawer").open || !$("drawer-staff_id")) return;
  const here = await call("GET", "/v1/staff");
  if (here.problem || !here.id) return;
  staff = here;
  await step();
}

async function signOut() {
  staff = { ...staff, ...await call("POST", "/v1/staff/sign_out") };
  $("drawer").close();
}

async function step() {
  const { transaction, offer_id, script, path } = dispute;
  const told = await call("POST", "/v1/disputes/step", { transaction, offer_id, path, ...(script && { script }) });
  if (told.problem) drawProblem(told);
  else drawStep(told);
}

function head(title, complaint) {
  const name = make("h2", "", title);
  name.id = "drawer-title";
  $("drawer").replaceChildren(name);
  if (complaint) $("drawer").append(make("p", "offer-title", complaint));
}

function drawStep(told) {
  dispute.script = told.script;
  head(told.title, told.complaint);
  if (told.sentence) $("drawer").append(make("p", "verdict", told.sentence));
  $("drawer").append(make("p", "sentence", told.say));
  const counts = [told.counts, told.not_counts].filter(Boolean).join(" · ");
  if (counts) $("drawer").append(make("p", "hint", counts));
  drawChoices(told);
  if (!staff.published) $("drawer").append(field("badge", "text", sessionStorage.getItem(BADGE) || ""));
  foot(button("plain", say("print_counts"), printCounts));
  if (staff.published) $("drawer").querySelector(".actions").prepend(whoButton());
  drawOthers(told);
  $("drawer").querySelector(".choices button")?.focus();
}

function whoButton() {
  if (staff.id) return button("plain", say("sign_out", { id: staff.id }), signOut);
  return button("plain", say("sign_in"), () => drawSignIn({ problem: "" }));
}

function drawChoices(told) {
  const choices = make("div", "choices");
  choices.append(...told.choices.map((one) => {
    const node = button(one.ends ? "strong" : "", one.label, () => take(one, told));
    node.dataset.choice = one.id;
    return node;
  }));
  $("drawer").append(choices);
}

// The other complaints, each one tap away: the reason proposed one, the shopper may mean another.
function drawOthers(told) {
  const heading = make("h3", "", say("complaints"));
  const list = make("div", "complaints");
  list.append(...told.others.map((one) => button("plain", one.title, () => {
    Object.assign(dispute, { script: one.script, path: [] });
    step();
  })));
  $("drawer").append(heading, list);
}

function take(choice, told) {
  if (!choice.ends) {
    dispute.path = [...told.path, choice.id];
    return step();
  }
  const path = [...told.path, choice.id];
  return choice.needs_pin ? drawApproval(choice, path) : settle(path);
}

async function settle(path, approval) {
  const { transaction, offer_id, script, serial } = dispute;
  const by = staff.published ? "" : sayWho();
  if (by === null) return;
  const done = await call("POST", "/v1/disputes/settle", { transaction, offer_id, script, path, by, serial, ...(approval && { approval }) });
  if (done.code === NO_SERIAL) drawSerial(done, path, approval);
  else if (done.problem) drawProblem(done);
  else {
    $("drawer").close();
    announce(done.say);
  }
}

// The lane did not print the old coupon: its number is under its code.
function drawSerial(told, path, approval) {
  head(dispute.title);
  const form = make("form", "pair");
  const go = make("button", "strong wide", say("send"));
  form.append(field("serial", "text", dispute.serial), go);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dispute.serial = $("drawer-serial").value.replace(/\s/g, "");
    settle(path, approval);
  });
  $("drawer").append(form);
  foot();
  problem(told.problem);
  $("drawer-serial").focus();
}

// Give the badge that was typed; null where there is none.
function sayWho() {
  const box = $("drawer-badge"); // a later form of the same dispute has none
  const badge = (box ? box.value : sessionStorage.getItem(BADGE) || "").trim();
  if (!badge) {
    problem(say("badge_missing"));
    box?.focus();
    return null;
  }
  sessionStorage.setItem(BADGE, badge);
  return badge;
}

function drawApproval(choice, path) {
  head(choice.label, say("approve"));
  const form = make("form", "pair");
  const who = make("label", "field");
  const names = make("select");
  names.append(...staff.approvers.map((id) => make("option", "", id)));
  who.append(make("span", "", say("approver")), names);
  form.append(who, field("pin", "password", ""));
  const allow = make("button", "strong wide", choice.label);
  form.append(allow);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    settle(path, { by: names.value, pin: $("drawer-pin").value });
  });
  $("drawer").append(form);
  foot();
  $("drawer-pin").focus();
}

function drawSignIn(told) {
  head(say("sign_in"), say("sign_in_hint"));
  const form = make("form", "pair");
  form.append(field("staff_id", "text", ""), field("pin", "password", ""), make("button", "strong wide", say("sign_in")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wish = { id: $("drawer-staff_id").value.trim(), pin: $("drawer-pin").value };
    const here = await call("POST", "/v1/staff/sign_in", wish);
    if (here.problem) return problem(here.problem);
    staff = { ...staff, ...here };
    return step();
  });
  $("drawer").append(form);
  foot();
  problem(told.problem);
  $("drawer-staff_id").focus();
}

function drawProblem(told) {
  if (told.code === SIGN_IN && staff.published) return drawSignIn(told);
  if (!$("drawer").querySelector(".actions")) foot();
  return problem(told.problem);
}

function field(name, type, value) {
  const label = make("label", "field");
  const box = make("input");
  Object.assign(box, { id: `drawer-${name}`, type, value, maxLength: 64, autocomplete: "off" });
  if (name !== "staff_id") box.inputMode = "numeric";
  label.append(make("span", "", say(name)), box);
  return label;
}

function foot(...more) {
  const wrong = make("p", "problem");
  wrong.setAttribute("role", "alert");
  const actions = make("div", "actions");
  const close = button("plain", say("close"), () => $("drawer").close());
  actions.append(...more, close);
  $("drawer").append(wrong, actions);
  close.focus();
}

function problem(text) {
  $("drawer").querySelector(".problem").textContent = text;
}

async function printCounts() {
  const { transaction, offer_id } = dispute;
  const done = await call("POST", "/v1/disputes/paper", { transaction, offer_id });
  problem(done.problem || "");
  if (!done.problem) announce(say("counts_printing"));
}

export function startDrawer() {
  closes($("drawer"));
}
