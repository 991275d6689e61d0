// The page's words, and the few ways to put them on it. Text goes in by textContent alone.

export const $ = (id) => document.getElementById(id);
let words = {};

export async function learn() {
  words = await (await fetch("/static/words.json")).json();
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
  for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = say(node.dataset.hint);
}

export function say(key, facts = {}) {
  const text = words[key] || key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

export function button(className, text, act, label) {
  const node = make("button", className, text);
  node.type = "button";
  if (label) node.setAttribute("aria-label", label);
  node.addEventListener("click", act);
  return node;
}

// Facts as a list of pairs: what each is called, and what it is.
export function pairs(list, entries) {
  list.replaceChildren(...entries.map(([name, value]) => {
    const row = make("div");
    row.append(make("dt", "", name), make("dd", "", value));
    return row;
  }));
  list.hidden = entries.length === 0;
}

// Keep the nodes of entries that did not change, so that focus and scroll stay where they are.
export function keyed(list, entries, build) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  const nodes = entries.map((entry) => {
    const key = JSON.stringify(entry);
    const node = old.get(key) || build(entry);
    if (old.has(key)) node.classList.remove("new");
    old.delete(key);
    node.dataset.key = key;
    return node;
  });
  if (nodes.length === list.children.length && nodes.every((node, i) => node === list.children[i])) return false;
  list.replaceChildren(...nodes);
  if (focused) [...list.querySelectorAll("button")].find((b) => b.getAttribute("aria-label") === focused)?.focus();
  return true;
}

let fading = 0;
export function announce(text) {
  $("said").textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { $("said").textContent = ""; }, 8000);
}

// Ask the lane; give its answer, or {problem} in words.
export async function call(method, path, body) {
  try {
    const answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    });
    const told = await answer.json();
    return answer.ok ? told : { problem: `${told.what} ${told.do}`, code: told.code };
  } catch {
    return { problem: say("no_answer") };
  }
}

// A dialog closes by its button, by Escape, and by a tap beside it.
export function closes(dialog, closer) {
  if (closer) closer.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}
