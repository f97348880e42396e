// Dialogs: of the whole page, and those inside the phone, which leave the rest of the page in reach.

import { byId, button, el } from "./dom.js";

/**
 * Open a dialog over the page; the browser keeps the focus inside and gives it back afterwards. `build(close)` makes
 * what is in it.
 */
export function openDialog(title, build) {
  const before = document.activeElement;
  const dialog = el("dialog", { "aria-labelledby": "dialog-title" });
  const close = () => dialog.close();
  dialog.append(
    el(
      "div",
      { class: "title" },
      el("h2", { id: "dialog-title", text: title }),
      button("", close, { sign: "close", kind: "quiet", "aria-label": "Close" }),
    ),
    el("div", { class: "body" }, ...[build(close)].flat()),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Ask whether to do what cannot be undone. */
export function confirm(title, sentence, yes, doing) {
  openDialog(title, (close) => [
    el("p", { text: sentence }),
    el(
      "div",
      { class: "row" },
      button("Cancel", close),
      button(yes, () => (close(), doing()), { kind: "bad" }),
    ),
  ]);
}

/**
 * Lay something over the phone's screen as a dialog: the focus goes in, Tab stays in it, Escape leaves (`leave`), and
 * afterwards the focus is where it was. Returns the function that takes it away.
 */
export function layOver(node, leave, { grab = true } = {}) {
  const glass = byId("glass");
  const before = document.activeElement;
  const inPhone = glass.contains(before); // else the focus stays where somebody is working
  const under = [...glass.children].filter((child) => !child.inert);
  for (const child of under) child.inert = true;
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && leave) {
      event.stopPropagation();
      leave();
    }
    if (event.key === "Tab") keepInside(node, event);
  });
  glass.append(node);
  if (grab || inPhone) focusables(node)[0]?.focus();
  return () => {
    const had = node.contains(document.activeElement);
    node.remove();
    for (const child of under) child.inert = false;
    if (had) (before?.isConnected && before !== document.body ? before : byId("business")).focus();
  };
}

function focusables(node) {
  return [...node.querySelectorAll("button, input, select, textarea")].filter((each) => !each.disabled);
}

function keepInside(node, event) {
  const inside = focusables(node);
  const [first, last] = [inside[0], inside.at(-1)];
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}
