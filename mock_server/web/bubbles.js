// The items of a chat as elements. Texts are whatever somebody sent: they are only ever set as text.

import { button, el, icon } from "./dom.js";
import { clockTime, length } from "./time.js";

const TICKS = {
  accepted: ["wait", "Accepted, not sent yet"],
  sent: ["sent", "Sent"],
  delivered: ["twoticks", "Delivered"],
  read: ["twoticks", "Read"],
  failed: ["alert", "Not delivered"],
};

/** An element for an item. `does` has `choose(item)` for requests and `profile()` for the system's question. */
export function drawn(item, does) {
  return MAKERS[item.kind](item, does);
}

function business(item, { choose, name }) {
  const away = !["delivered", "read"].includes(item.state);
  return el(
    "li",
    { class: `bubble${away ? " away" : ""}` },
    item.label ? el("div", { class: "label", text: item.label }) : null,
    el("p", { dir: "auto", text: item.text || (item.asks ? `${name()} would like to call you.` : "") }),
    el("div", { class: "meta" }, el("time", { datetime: item.at, text: clockTime(item.at) }), ...ticks(item)),
    item.asks && !away ? ask(item, choose) : null,
  );
}

function ticks(item) {
  const [sign, said] = TICKS[item.state];
  const shown = icon(sign);
  shown.classList.add(item.state);
  if (item.state === "failed") {
    return [shown, el("span", { class: "failed", text: `Not delivered: ${item.failure}` })];
  }
  const away = { accepted: "on its way", sent: "not on the phone yet" }[item.state];
  return [shown, el("span", { class: away ? "" : "hidden", text: away ?? said })];
}

/** What one can do about a request for permission, for as long as it is alive. */
function ask(item, choose) {
  const answered = { accept: "Allowed", reject: "Not allowed" }[item.answer];
  if (!item.answerable) {
    return el("button", { type: "button", class: "ask", disabled: true, text: answered ?? "This request has ended" });
  }
  return el(
    "button",
    { type: "button", class: "ask", "aria-haspopup": "dialog", on: { click: () => choose(item) } },
    icon("call"),
    el("span", { text: answered ? `${answered} · Change` : "Choose" }),
  );
}

const own = (item) =>
  el(
    "li",
    { class: "bubble own" },
    el("p", { dir: "auto", text: item.text }),
    el(
      "div",
      { class: "meta" },
      el("span", { class: "hidden", text: "You" }),
      el("time", { datetime: item.at, text: clockTime(item.at) }),
    ),
  );

const system = (item, { profile }) =>
  el(
    "li",
    { class: "system" },
    el("div", { text: item.text }),
    item.nudge ? button("Calling permission", profile, { kind: "small" }) : null,
  );

const day = (item) => el("li", { class: "day", text: item.text });

function call(item) {
  const missed = item.ended && !item.own && item.seconds === undefined && !item.rejected;
  return el(
    "li",
    { class: `talk${missed ? " missed" : ""}` },
    icon("call"),
    el("span", { text: outcome(item, missed) }),
    item.seconds === undefined ? null : el("span", { class: "quiet", text: length(item.seconds) }),
    el("time", { datetime: item.at, text: clockTime(item.at) }),
  );
}

function outcome(item, missed) {
  const who = item.own ? "You called" : "Voice call";
  if (item.code) return `${who} · failed (${item.code})`;
  if (!item.ended) return `${who} · ${item.going || (item.connected && !item.own) ? "going on" : "ringing"}`;
  if (missed) return "Missed voice call";
  if (item.rejected) return "Voice call · declined";
  return item.own && item.seconds === undefined ? "You called · no answer" : who;
}

const MAKERS = { business, own, system, day, call };
