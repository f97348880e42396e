// The sheet that a call permission request opens: three choices, for as long as the request is alive.

import { layOver } from "./dialogs.js";
import { button, el } from "./dom.js";
import { perform } from "./saying.js";
import { act, on, session } from "./session.js";

const LIVES = [
  ["", "7 days"],
  ["5", "5 seconds"],
  ["60", "1 minute"],
  ["3600", "1 hour"],
  ["86400", "1 day"],
];

let close = null;

/** Ask for the answer to this request, an item of the chat. */
export function openSheet(request) {
  close?.();
  const life = lifeField("sheet-life");
  const answer =
    (action, more = {}) =>
    () => {
      leave();
      perform(() => act(action, { request_id: request.requestId, ...more }));
    };
  const temporarily = () => answer("allow_temporarily", seconds(life))();
  const name = session.app?.name ?? "this business";
  const veil = el(
    "div",
    { class: "veil", on: { click: (event) => event.target === veil && leave() } },
    el(
      "div",
      { class: "sheet", role: "dialog", "aria-labelledby": "sheet-title" },
      el("h2", { id: "sheet-title", text: `Allow ${name} to call you?` }),
      choice("Allow calls", "Until you turn them off in the business profile", answer("allow_always")),
      choice("Temporarily allow", "For 7 days", temporarily),
      choice("Not at this time", "The business can ask again later", answer("decline")),
      el(
        "div",
        { class: "short" },
        el("label", { for: "sheet-life", text: "For tests: temporarily is" }),
        life,
        button("Cancel", () => leave(), { kind: "quiet small" }),
      ),
    ),
  );
  const once = (event) => event.detail > 1 && event.stopPropagation(); // the second click of a double one is no choice
  veil.addEventListener("click", once, { capture: true });
  const takeAway = layOver(veil, () => leave());
  close = takeAway;
  function leave() {
    close = null;
    takeAway();
  }
}

on("anew user", () => {
  if (close && !session.user?.requests.some((request) => request.answerable)) {
    close();
    close = null;
  }
});

/** How long a temporary permission shall last: seven days, or shorter than any user could choose. */
export function lifeField(id) {
  return el(
    "select",
    { id },
    LIVES.map(([value, text]) => el("option", { value, text })),
  );
}

export const seconds = (life) => (life.value ? { for_seconds: Number(life.value) } : {});

const choice = (title, explained, press) =>
  el(
    "button",
    { type: "button", class: "choice", on: { click: press } },
    el("strong", { text: title }),
    el("span", { text: explained }),
  );
