// The business profile: who it is, and whether it may call, changed without any request.

import { layOver } from "./dialogs.js";
import { button, el, fill, icon, setText } from "./dom.js";
import { perform } from "./saying.js";
import { act, on, session } from "./session.js";
import { lifeField, seconds } from "./sheet.js";
import { moment } from "./time.js";

let open = null;

export function openProfile() {
  if (open) return;
  const life = lifeField("profile-life");
  const rows = el("fieldset", {}, el("legend", { text: "Calls from this business" }));
  const said = el("p", { class: "quiet" });
  const page = el(
    "div",
    { class: "over profile", role: "dialog", "aria-labelledby": "profile-name" },
    button("Chat", () => leave(), { sign: "back", kind: "quiet back" }),
    el(
      "div",
      { class: "card-head" },
      el("span", { class: "face large", "aria-hidden": "true", text: (session.app?.name ?? "?").slice(0, 1) }),
      el("h2", { id: "profile-name", text: session.app?.name ?? "" }),
      el("span", { class: "quiet", text: `+${session.app?.business_number ?? ""} · business account` }),
    ),
    rows,
    said,
    el("div", { class: "short quiet" }, el("label", { for: "profile-life", text: "For tests: temporarily is " }), life),
  );
  const takeAway = layOver(page, () => leave());
  open = { rows, said, life, takeAway };
  draw();
  function leave() {
    open = null;
    takeAway();
  }
}

on("user", () => open && draw());
on("anew", () => {
  open?.takeAway();
  open = null;
});

const STATES = { permanent: "allow_always", temporary: "allow_temporarily", no_permission: "revoke" };
const CHOICES = [
  ["allow_always", "Allow always"],
  ["allow_temporarily", "Allow temporarily"],
  ["revoke", "Turn off"],
];

/** Buttons and no radio buttons: on the way to the last of those, arrow keys would choose all before it. */
function draw() {
  const permission = session.user?.permission ?? { status: "no_permission" };
  const now = STATES[permission.status];
  const focused = document.activeElement?.dataset.action;
  fill(
    open.rows,
    open.rows.querySelector("legend"),
    CHOICES.map(([action, text]) => row(action, text, action === now)),
  );
  if (focused) open.rows.querySelector(`[data-action="${focused}"]`)?.focus();
  setText(
    open.said,
    {
      permanent: "This business can call you until you turn it off.",
      temporary: `This business can call you until ${permission.expires_at ? moment(permission.expires_at) : ""}.`,
      no_permission: "This business cannot call you. You can still call it.",
    }[permission.status],
  );
}

function row(action, text, pressed) {
  const off = action === "revoke" && pressed;
  return el(
    "button",
    {
      type: "button",
      "data-action": action,
      "aria-pressed": String(pressed),
      "aria-disabled": String(off),
      on: { click: () => off || perform(() => act(action, given(action))) },
    },
    el("span", { text: off ? "Turned off" : text }),
    pressed ? icon("sent") : null,
  );
}

function given(action) {
  if (action === "revoke") return {};
  return { from_profile: true, ...(action === "allow_temporarily" ? seconds(open.life) : {}) };
}
