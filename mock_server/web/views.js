// Which parts of the page are shown where not all have room, and in which colours.

import { byId, fill, icon } from "./dom.js";

const THEME = "gupshup-mock theme";
const THEMES = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" };
const roomForTwo = matchMedia("(min-width: 761px)");

/** Show the phone, the wire or the state. With room for two the phone is always there. */
export function show(view) {
  document.body.dataset.view = view;
  const pressed = view === "phone" && roomForTwo.matches ? "wire" : view;
  for (const each of document.querySelectorAll("[data-show]")) {
    each.setAttribute("aria-pressed", String(each.dataset.show === pressed));
  }
}

export function begin() {
  for (const each of document.querySelectorAll("[data-show]")) {
    each.addEventListener("click", () => show(each.dataset.show));
  }
  roomForTwo.addEventListener("change", () => show(document.body.dataset.view));
  show("phone");
  colour(localStorage.getItem(THEME) ?? "auto");
  byId("theme").addEventListener("click", () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(current()) + 1) % names.length];
    localStorage.setItem(THEME, next);
    colour(next);
  });
}

const current = () => document.documentElement.dataset.theme ?? "auto";

function colour(theme) {
  const known = theme in THEMES ? theme : "auto";
  if (known === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = known;
  const name = THEMES[known];
  byId("theme").setAttribute("aria-label", name);
  byId("theme").title = name;
  fill(byId("theme"), icon("theme"));
}
