// Telling people: short messages at the edge, and sentences for those who listen instead of look.

import { byId, el, setText } from "./dom.js";

const SHOWN = 5000; // ms

/** Say it at the edge of the page for a few seconds; what went wrong as well, in its colour. */
export function toast(text, kind = "") {
  const shown = el("div", { class: `toast ${kind}`, text });
  byId("toasts").append(shown);
  setTimeout(() => shown.remove(), kind === "bad" ? SHOWN * 2 : SHOWN);
}

/** Have a screen reader say it when it has time. */
export function announce(text) {
  setText(byId("said"), text);
}

/** Do something and say so if it cannot be done. Answers undefined then. */
export async function tried(doing) {
  try {
    return await doing();
  } catch (error) {
    toast(error.message, "bad");
    return undefined;
  }
}

/** Have the user do something on the phone; a refusal is said below it until the next thing is done. */
export async function perform(doing) {
  setText(byId("phone-error"), "");
  try {
    await doing();
  } catch (error) {
    setText(byId("phone-error"), error.message);
  }
}
