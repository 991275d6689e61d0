// One search box: the answer first, then what proves it.

import { $, button, call, make, say } from "/static/words.js";
import { dispute, inHand } from "/static/sale.js";

const TYPING_MS = 250; // between the last letter and the question
let typing = 0;
let asked = "";

async function ask() {
  clearTimeout(typing);
  const query = $("ask-box").value.trim();
  asked = query;
  if (!query) return draw({ sentence: "", found: [] });
  const told = await call("GET", `/v1/ask?q=${encodeURIComponent(query)}`);
  if (query !== asked) return null; // a newer question is on its way
  return draw(told.problem ? { sentence: told.problem, found: [] } : told);
}

function draw(told) {
  $("ask-said").textContent = told.sentence || (told.found.length ? told.found[0].sentence : "");
  $("ask-said").classList.toggle("hidden-words", told.found.length > 0);
  $("answers").replaceChildren(...told.found.map(drawAnswer));
}

function drawAnswer(one) {
  const item = make("li", "line");
  item.dataset.kind = { counts: "applied", not_included: "refused", offer: "near_miss", no_offer: "other" }[one.relation];
  const head = make("p", "head");
  head.append(make("span", "tag kind", say(`relation_${one.relation}`)));
  if (one.mine) head.append(make("span", "tag", say("ask_mine")));
  head.append(make("span", "title", [one.title, one.product].filter(Boolean).join(" · ")));
  item.append(head, make("p", "sentence", one.sentence));
  if (one.facts.length) {
    const facts = make("ul", "proofs");
    facts.append(...one.facts.map((fact) => make("li", "", fact)));
    item.append(facts);
  }
  if (one.offer_id && inHand()) {
    const end = make("div", "end");
    end.append(button("", say("settle"), () => dispute(one), `${say("settle")} ${one.title}`));
    item.append(end);
  }
  return item;
}

export function startAsk() {
  $("ask-form").addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  $("ask-box").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(ask, TYPING_MS);
  });
}
