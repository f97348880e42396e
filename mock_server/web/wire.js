// The part of the page that shows the wire: filters, the lines, the chosen one, and what to do while there is nothing.

import { post } from "./api.js";
import { copy } from "./copying.js";
import { closeDetail, showDetail } from "./detail.js";
import { button, byId, el, fill, setText } from "./dom.js";
import * as journal from "./journal.js";
import { announce, toast, tried } from "./saying.js";
import { GROUPS, failed, line } from "./sentences.js";
import { ofThisApp, on, session } from "./session.js";
import * as timeline from "./timeline.js";
import { masked, requestCurl } from "./values.js";

const FATES = 20_000; // deliveries that are remembered: more than the sandbox keeps
const { filter } = journal;
let fates = new Map(); // of deliveries by their ids: whether the last attempt failed

export function begin() {
  timeline.begin((entry) => entry && showDetail(entry, { close: () => timeline.choose(null) }));
  drawFilters();
  byId("redeliver-failed").addEventListener("click", redeliverFailed);
  on("entries", came);
  on("older", ({ entries, shown }) => {
    for (const entry of entries.toReversed()) settle(entry);
    timeline.grewBefore(shown);
    drawAround();
  });
  on("anew", () => {
    fates = new Map();
    closeDetail();
    timeline.anew();
    drawAround();
  });
  on("user", () => {
    if (filter.user && filter.user !== session.waId) setUser(session.waId);
    drawAround();
  });
  on("app", drawAround);
}

function came(entries) {
  for (const entry of entries) settle(entry, { newer: true });
  timeline.grow(entries.length);
  drawAround();
  const notable = entries.findLast(
    (entry) => entry.kind === "violation" || entry.event?.kind === "call_permission_reply",
  );
  if (notable) announce(`${line(notable).tag}: ${line(notable).text}`);
}

/** Keep whether a delivery failed, as its last attempt says. A set-callback is tried, not delivered. */
function settle(entry, { newer = false } = {}) {
  if (entry.kind !== "delivery" || entry.what === "set_callback") return;
  if (newer || !fates.has(entry.delivery_id)) fates.set(entry.delivery_id, failed(entry));
  if (fates.size > FATES) fates.delete(fates.keys().next().value);
}

function drawAround() {
  const [shown, all] = [journal.seen().length, journal.count()];
  const dropped = journal.droppedCount() ? `, ${journal.droppedCount()} older ones are no longer kept` : "";
  setText(
    byId("wire-count"),
    all ? `${shown === all ? all : `${shown} of ${all}`} ${all === 1 ? "line" : "lines"}${dropped}` : "",
  );
  byId("redeliver-failed").hidden = ![...fates.values()].some(Boolean);
  drawEmpty(shown, all);
}

// Filters

function drawFilters() {
  const chips = GROUPS.map(([name, text]) =>
    chip(
      text,
      () => filter.groups.has(name),
      () => {
        if (!filter.groups.delete(name)) filter.groups.add(name);
      },
    ),
  );
  const user = chip(
    "This user",
    () => Boolean(filter.user),
    () => (filter.user = filter.user ? "" : session.waId),
    { id: "only-user" },
  );
  const bad = chip(
    "Failed",
    () => filter.failed,
    () => (filter.failed = !filter.failed),
  );
  const search = byId("search");
  search.addEventListener("input", () => apply(() => (filter.text = search.value.trim().toLowerCase())));
  fill(byId("filters"), chips, el("span", { class: "gap" }), user, bad);
}

function chip(text, isOn, flip, given = {}) {
  const made = el("button", {
    type: "button",
    class: "chip",
    "aria-pressed": "false",
    text,
    ...given,
    on: {
      click: () => {
        apply(flip);
        made.setAttribute("aria-pressed", String(isOn()));
      },
    },
  });
  return made;
}

function setUser(waId) {
  apply(() => (filter.user = waId));
}

function apply(change) {
  change();
  journal.choose();
  timeline.anew();
  drawAround();
}

async function redeliverFailed() {
  const done = await tried(() => post(ofThisApp("deliveries", "redeliver"), { which: "failed" }));
  if (done) toast(`${done.deliveries.length} webhooks are sent again`);
}

// While there is nothing

function drawEmpty(shown, all) {
  const empty = byId("wire-empty");
  empty.hidden = shown > 0;
  if (shown) return;
  const key = all
    ? "filtered"
    : `${session.app?.id} ${session.app?.token} ${session.app?.subscriptions.length} ${session.waId}`;
  if (empty.dataset.key === key) return;
  empty.dataset.key = key;
  if (all) fill(empty, el("p", { class: "quiet", text: "No line fits these filters." }));
  else if (session.app) fill(empty, ...welcome());
}

function welcome() {
  const command = requestCurl();
  const listening = session.app.subscriptions.length;
  return [
    el("h3", { text: "Nothing has happened yet" }),
    el(
      "ol",
      {},
      el(
        "li",
        {},
        el("div", { text: "Ask for permission to call, from your application or with this command:" }),
        el(
          "div",
          { class: "command" },
          el("pre", { tabindex: "0", text: masked(command) }),
          button("Copy", () => copy(command, "the command"), { sign: "copy", kind: "solid" }),
        ),
      ),
      el("li", { text: "The request arrives on the phone. Press Choose there, then Allow calls." }),
      el("li", {
        text: listening
          ? `Watch the webhooks go out to ${session.app.subscriptions.map((each) => each.url).join(", ")}.`
          : "See the reply here. For webhooks, start with --webhook URL, or have your application subscribe.",
      }),
    ),
  ];
}
