// What proves a sentence, how clear it is, and a slip's picture in full.

import { $, announce, call, closes, pairs, say } from "/static/words.js";

let about = null;

export function openMore(line) {
  about = line;
  $("more-title").textContent = line.title;
  $("more-sentence").textContent = line.sentence;
  $("more-problem").textContent = "";
  pairs($("more-evidence"), line.evidence);
  $("clarity-form").reset();
  $("more").showModal();
  $("more-close").focus();
}

async function sendClarity(event) {
  event.preventDefault();
  const clarity = Number(new FormData($("clarity-form")).get("clarity"));
  const note = $("clarity-note").value.trim();
  const done = await call("POST", "/v1/wordings", { offer_id: about.offer_id, clarity, note });
  $("more-problem").textContent = done.problem || "";
  if (done.problem) return;
  $("more").close();
  announce(say("unclear_said"));
}

export function showSlip(one) {
  $("slip-title").textContent = one.title;
  $("slip-picture").src = `/v1/slips/${one.slip}`;
  $("slip-picture").alt = say("slip", { title: one.title });
  $("slip").showModal();
  $("slip-close").focus();
}

export function startMore() {
  $("clarity-form").addEventListener("submit", sendClarity);
  closes($("more"), $("more-close"));
  closes($("slip"), $("slip-close"));
}
