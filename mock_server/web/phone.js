// The phone itself: whose it is, the chat, what one types, and whether it is on.

import { drawn } from "./bubbles.js";
import { begin as beginCalls } from "./calls.js";
import { chatOf, unread, withDays } from "./chat.js";
import { layOver } from "./dialogs.js";
import { button, byId, el, fill, icon, reconcile, setText } from "./dom.js";
import * as journal from "./journal.js";
import { openProfile } from "./profile.js";
import { perform } from "./saying.js";
import { act, changeUser, on, session } from "./session.js";
import { openSheet } from "./sheet.js";

const SHOWN = 60; // items of a chat; older ones on request
const REST = 60; // ms between two drawings

let more = 0; // how many older items were asked for
let waiting = false;
let takeOff = null; // takes the dark screen away
let offAs = "";

export function begin() {
  fill(byId("call-business"), icon("call"));
  byId("call-business").addEventListener("click", () => perform(() => act("call")));
  byId("business").addEventListener("click", openProfile);
  byId("compose").addEventListener("submit", send);
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  });
  on("user", () => {
    drawReachability();
    soon();
  });
  on("app", drawBusiness);
  on("anew", () => {
    more = 0;
    setText(byId("phone-error"), "");
    soon();
  });
  on("entries", (entries) => about(entries) && soon());
  on("older", ({ entries }) => about(entries) && soon());
  beginCalls();
}

const about = (entries) => entries.some((entry) => entry.wa_id === session.waId);

/** Many entries at once are one drawing. */
function soon() {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    draw();
  }, REST);
}

function draw() {
  const chat = byId("chat");
  const stays = chat.scrollHeight - chat.scrollTop - chat.clientHeight > 60;
  const all = chatOf(journal.of(session.waId), session.user);
  const hidden = Math.max(0, all.length - SHOWN - more);
  const items = withDays(all.slice(hidden));
  if (hidden) items.unshift({ kind: "older", key: "older", look: String(hidden) });
  if (!all.length) items.push({ kind: "nothing", key: "nothing", look: session.waId });
  reconcile(chat, items, made);
  if (!stays) chat.scrollTop = chat.scrollHeight;
  drawUnread(unread(all));
  byId("show-phone").toggleAttribute("data-news", !byId("unread").hidden);
}

function made(item) {
  if (item.kind === "nothing") {
    return el("li", {
      class: "nothing",
      text: "No messages yet. What the business sends to this number appears here.",
    });
  }
  if (item.kind === "older") {
    const press = () => {
      more += SHOWN;
      draw();
    };
    return el("li", { class: "older" }, button(`${item.look} earlier`, press, { kind: "small" }));
  }
  return drawn(item, {
    choose: (request) => openSheet(request),
    profile: openProfile,
    name: () => session.app?.name ?? "The business",
  });
}

function drawUnread(count) {
  const shown = byId("unread");
  if (shown.hidden === !count && shown.dataset.count === String(count)) return;
  shown.hidden = !count;
  shown.dataset.count = count;
  const press = () => perform(() => act("read"));
  fill(shown, count ? button(`Mark ${count} as read`, press, { sign: "twoticks", kind: "small" }) : null);
}

function drawBusiness() {
  const { app } = session;
  const name = app?.name ?? "…";
  fill(
    byId("business"),
    el("span", { class: "face", "aria-hidden": "true", text: name.slice(0, 1) }),
    el(
      "span",
      { class: "names" },
      el("strong", { text: name }),
      el("span", { text: app ? `+${app.business_number} · business` : "" }),
    ),
    el("span", { class: "hidden", text: "Open the business profile" }),
  );
}

async function send(event) {
  event.preventDefault();
  const field = byId("text");
  const text = field.value;
  if (!text.trim()) return;
  await perform(async () => {
    await act("text", { text });
    field.value = "";
  });
}

const OFF = {
  switched_off: ["off", "Switched off", "Messages wait until it is on again; calls go unanswered.", "Switch on"],
  not_on_whatsapp: ["alert", "Not on WhatsApp", "Whatever the business sends to this number fails.", "Put on WhatsApp"],
};

function drawReachability() {
  const state = session.user?.reachability ?? "reachable";
  const notice = byId("notice");
  notice.hidden = state !== "outdated_app";
  setText(notice, notice.hidden ? "" : "This app is too old for call permission requests: they fail (131026).");
  if (state === offAs) return;
  offAs = state;
  takeOff?.();
  takeOff = null;
  if (!(state in OFF)) return;
  const [sign, title, sentence, back] = OFF[state];
  const dark = el(
    "div",
    { class: "over dark", role: "group", "aria-label": title },
    icon(sign),
    el("h2", { text: title }),
    el("p", { text: sentence }),
    button(back, () => perform(() => changeUser({ reachability: "reachable" }))),
  );
  takeOff = layOver(dark, null, { grab: false });
}
