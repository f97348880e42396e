// Calls on the phone: one comes in, one goes out, one is going on.

import { ask, post } from "./api.js";
import { appNow } from "./clock.js";
import { layOver } from "./dialogs.js";
import { button, byId, el, icon, setText } from "./dom.js";
import { announce, perform } from "./saying.js";
import { act, ofThisApp, on, refresh, session, tookUser } from "./session.js";
import { length, span } from "./time.js";

const RINGS = "Ringing: ";
let shown = null; // the call on the screen: its key, what takes it away, where its state is said

export function begin() {
  on("user anew app", draw);
  on("tick", tick);
}

/** The call that is going on with this user. */
export const goingOn = () => session.user?.calls.find((call) => call.state !== "ended") ?? null;

/** The business does something about a call; the control API has it beside Graph. */
export async function businessDoes(call, what) {
  const { user } = await ask("POST", ofThisApp("calls", call.id, what));
  tookUser(user);
}

function draw() {
  const call = goingOn();
  const off = ["switched_off", "not_on_whatsapp"].includes(session.user?.reachability);
  const key = call && !off && session.app ? `${call.id} ${call.state} ${session.app.name}` : null;
  if (key === (shown?.key ?? null)) return;
  shown?.takeAway();
  shown = null;
  noteRinging(Boolean(key) && call.state === "ringing" && call.direction === "BUSINESS_INITIATED");
  if (!key) return;
  const state = el("p", { class: "state-of-call" });
  const screen = el(
    "div",
    {
      class: `over calling${call.state === "ringing" ? " rings" : ""}`,
      role: "dialog",
      "aria-labelledby": "calling-kind calling-name",
    },
    el("p", { class: "kind", id: "calling-kind", text: kind(call) }),
    el("h2", { id: "calling-name", text: session.app?.name ?? "" }),
    state,
    el("span", { class: "face large", "aria-hidden": "true", text: (session.app?.name ?? "?").slice(0, 1) }),
    el("div", { class: "keys" }, ...keys(call)),
    el("div", { class: "beside" }, ...beside(call)),
  );
  shown = { key, call, state, takeAway: layOver(screen, null, { grab: false }) };
  tick();
  announce(kind(call));
}

/** Whoever looks at another part of the page, or at another tab, sees that it rings: there is a minute to answer. */
function noteRinging(rings) {
  byId("show-phone").toggleAttribute("data-rings", rings);
  document.title = (rings ? RINGS : "") + document.title.replace(RINGS, "");
}

function kind(call) {
  if (call.state === "connected") return "Call in progress";
  return call.direction === "USER_INITIATED" ? "Calling the business" : "Incoming call";
}

function keys(call) {
  const does = (action) => () => perform(() => act(action));
  if (call.state === "ringing" && call.direction === "BUSINESS_INITIATED") {
    return [key("Decline", "end", "bad", does("reject_call")), key("Answer", "call", "good", does("pick_up"))];
  }
  return [key("Hang up", "end", "bad", does("hang_up"))];
}

const key = (text, sign, kind, press) =>
  el(
    "button",
    { type: "button", class: "key", on: { click: press } },
    el("i", { class: kind }, icon(sign)),
    el("span", { text }),
  );

/** What is not the phone's: waiting until the ringing ends, and what the business does. */
function beside(call) {
  const business = (text, what) => button(text, () => perform(() => businessDoes(call, what)), { kind: "small" });
  if (call.state === "connected") return [el("span", { text: "The business:" }), business("Hangs up", "hang-up")];
  const wait = button("Let it ring out", () => perform(() => ringOut(call)), {
    kind: "small",
    title: "Moves the app's clock to the end of the ringing",
  });
  if (call.direction === "BUSINESS_INITIATED") return [wait, business("Business cancels", "hang-up")];
  return [el("span", { text: "The business:" }), business("Answers", "accept"), business("Rejects", "reject"), wait];
}

async function ringOut(call) {
  await post(ofThisApp("clock"), { advance_seconds: Math.max(0, left(call)) });
  refresh.user();
  refresh.clock();
}

const left = (call) => (session.app?.ring_timeout ?? 60) - (appNow() - Date.parse(call.started_at)) / 1000;

function tick() {
  if (!shown) return;
  const { call, state } = shown;
  if (call.state === "connected") setText(state, length((appNow() - Date.parse(call.picked_up_at)) / 1000));
  else setText(state, left(call) > 0 ? `Rings for ${span(Math.ceil(left(call)))}` : "");
}
