// The app's clock: what time it is there, moving it, stopping it. The page never asks the machine what time it is.

import { post } from "./api.js";
import { byId, el, fill, icon, setText } from "./dom.js";
import { toast, tried } from "./saying.js";
import { ofThisApp, on, refresh, tell } from "./session.js";
import { clockTime, day, secondsTime, span } from "./time.js";

const TICK = 500; // ms

let clock = null;
let taken = 0; // when the clock was read, on a count that nobody can set

/** The app's time in milliseconds. */
export function appNow() {
  if (!clock) return Date.now();
  return Date.parse(clock.now) + (clock.frozen ? 0 : performance.now() - taken);
}

/** How long it is until an instant, counting down by itself; `before` stands in front of it. */
export function countdown(until, before = "") {
  return el("span", { "data-until": until, "data-before": before, text: left(until, before) });
}

function left(until, before) {
  const rest = span(Math.ceil((Date.parse(until) - appNow()) / 1000));
  return before ? `${before} ${rest}` : rest;
}

export function begin() {
  for (const each of document.querySelectorAll("[data-advance]")) {
    each.addEventListener("click", () => advance(Number(each.dataset.advance)));
  }
  drawFreeze(false);
  byId("freeze").addEventListener("click", () => change(clock?.frozen ? { resume: true } : { freeze: true }));
  on("clock", take);
  setInterval(tick, TICK);
}

function take(read) {
  clock = read;
  taken = performance.now();
  drawFreeze(clock.frozen);
  tick();
}

function drawFreeze(frozen) {
  byId("freeze").setAttribute("aria-label", frozen ? "Let the clock run" : "Freeze the clock");
  fill(byId("freeze"), icon(frozen ? "play" : "pause"), el("span", { text: frozen ? "Resume" : "Freeze" }));
  byId("freeze").closest(".clock").querySelector(".reading").toggleAttribute("data-frozen", frozen);
}

function tick() {
  if (!clock) return;
  const now = appNow();
  setText(byId("clock-now"), `${day(now)}, ${secondsTime(now)}`);
  setText(byId("clock-note"), note());
  setText(byId("phone-time"), clockTime(now));
  for (const each of document.querySelectorAll("[data-until]")) {
    setText(each, left(each.dataset.until, each.dataset.before));
  }
  tell("tick");
}

function note() {
  if (clock.advancing_to) return "moving …";
  if (clock.frozen) return "frozen";
  const ahead = Math.round(clock.offset_seconds);
  return Math.abs(ahead) < 2 ? "" : `${span(Math.abs(ahead))} ${ahead > 0 ? "ahead" : "behind"}`;
}

async function advance(seconds) {
  const buttons = [...document.querySelectorAll("[data-advance]")];
  for (const each of buttons) each.disabled = true;
  const done = await tried(() => post(ofThisApp("clock"), { advance_seconds: seconds }));
  for (const each of buttons) each.disabled = false;
  if (!done) return;
  tell("clock", done);
  refresh.user();
  const failed = done.failed ? `, ${done.failed} failed` : "";
  toast(`${span(seconds)} later. Fell due: ${done.fired}; webhooks tried: ${done.attempted}${failed}`);
}

async function change(body) {
  const now = await tried(() => post(ofThisApp("clock"), body));
  if (now) tell("clock", now);
}
