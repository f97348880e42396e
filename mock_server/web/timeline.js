// The list of what went over the wire. Only the lines in sight are elements: ten thousand cost as much as thirty.

import { byId, el, setText } from "./dom.js";
import * as journal from "./journal.js";
import { line } from "./sentences.js";
import { exactly, secondsTime } from "./time.js";

const BEYOND = 6; // lines drawn above and below what is in sight

let height = 34; // of a line
let drawn = new Map(); // elements by their entry's id
let chosen = null; // the chosen entry's id
let news = 0; // lines that came while somebody looked further up
let follows = true; // whoever looks at the end, or has not looked yet, is kept there
let waiting = false;
let onChoose = () => {};

const list = () => byId("lines");
const inSight = () => list().clientHeight > 0; // else another part of a narrow page is
const atEnd = () => list().scrollHeight - list().scrollTop - list().clientHeight < height * 1.5;

/** `choose(entry)` is told which line was chosen. */
export function begin(choose) {
  onChoose = choose;
  list().addEventListener("scroll", () => {
    if (inSight()) follows = atEnd();
    if (follows) news = 0;
    draw();
  });
  list().addEventListener("keydown", move);
  list().addEventListener("click", (event) => {
    const row = event.target.closest(".line-row");
    if (row) select(Number(row.dataset.id));
  });
  byId("newest").addEventListener("click", () => {
    toEnd();
    list().focus();
  });
  new ResizeObserver(() => measure()).observe(list());
  measure();
}

/** Entries came; those who look at the end stay there. Many are one drawing. */
export function grow(count) {
  if (!waiting) {
    waiting = true;
    setTimeout(() => {
      waiting = false;
      if (follows) toEnd();
      else draw();
    }, 50);
  }
  if (!follows) news += count;
}

/** Older entries came before the first: what is in sight stays there. */
export function grewBefore(count) {
  byId("space").style.height = `${journal.seen().length * height}px`;
  if (follows) return toEnd();
  list().scrollTop += count * height;
  draw();
}

/** Everything is another: another app, another filter. */
export function anew() {
  for (const row of drawn.values()) row.remove();
  drawn = new Map();
  news = 0;
  toEnd();
}

export function choose(id) {
  chosen = id;
  draw();
}

function measure() {
  height = parseFloat(getComputedStyle(list()).getPropertyValue("--row")) || 34;
  if (follows) toEnd();
  else draw();
}

function toEnd() {
  news = 0;
  follows = true;
  byId("space").style.height = `${journal.seen().length * height}px`;
  list().scrollTop = list().scrollHeight;
  draw();
}

function draw() {
  const entries = journal.seen();
  const { scrollTop, clientHeight } = list();
  const first = Math.max(0, Math.floor(scrollTop / height) - BEYOND);
  const last = Math.min(entries.length, Math.ceil((scrollTop + clientHeight) / height) + BEYOND);
  byId("space").style.height = `${entries.length * height}px`;
  byId("window").style.transform = `translateY(${first * height}px)`;
  const rows = new Map();
  for (let place = first; place < last; place++) {
    const entry = entries[place];
    const row = drawn.get(entry.id) ?? made(entry);
    row.setAttribute("aria-selected", String(entry.id === chosen));
    row.setAttribute("aria-posinset", place + 1);
    row.setAttribute("aria-setsize", entries.length);
    rows.set(entry.id, row);
  }
  for (const [id, row] of drawn) if (!rows.has(id)) row.remove();
  drawn = rows;
  let before = byId("window").firstChild;
  for (const row of rows.values()) {
    if (row === before) before = before.nextSibling;
    else byId("window").insertBefore(row, before);
  }
  if (rows.has(chosen)) list().setAttribute("aria-activedescendant", `line-${chosen}`);
  else list().removeAttribute("aria-activedescendant");
  byId("newest").hidden = !news;
  if (news) setText(byId("newest"), news === 1 ? "1 new line" : `${news} new lines`);
}

function made(entry) {
  const { tag, text, who, aside, badge, tone, outcome } = line(entry);
  return el(
    "div",
    {
      class: "line-row",
      role: "option",
      id: `line-${entry.id}`,
      "data-id": entry.id,
      "data-tone": tone,
      "data-outcome": outcome || null,
    },
    el("time", { text: secondsTime(entry.at), title: exactly(entry.at) }),
    el("span", { class: "tag", text: tag }),
    el(
      "span",
      { class: "what" },
      el("span", { text }),
      [who, aside].filter(Boolean).map((each) => el("small", { text: each })),
    ),
    el("span", { class: `badge ${outcome ?? ""}`, text: badge }),
  );
}

function select(id) {
  chosen = id;
  draw();
  onChoose(journal.find(id));
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

function move(event) {
  if (!(event.key in STEPS)) return;
  event.preventDefault();
  const entries = journal.seen();
  if (!entries.length) return;
  const now = entries.findIndex((entry) => entry.id === chosen);
  const from = now < 0 ? (event.key === "ArrowUp" ? entries.length : -1) : now;
  const next = Math.min(entries.length - 1, Math.max(0, from + STEPS[event.key]));
  const top = next * height;
  if (top < list().scrollTop) list().scrollTop = top;
  else if (top + height > list().scrollTop + list().clientHeight) list().scrollTop = top + height - list().clientHeight;
  select(entries[next].id);
}
