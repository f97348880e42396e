// What the page shows now: one app, one user, the clock. Whoever shows a part of it listens for its topic.

import { Gone, ask, get, ofApp, post } from "./api.js";
import * as journal from "./journal.js";
import { Stream } from "./stream.js";

export const READY_MADE = "00000000-0000-4000-8000-000000000001";
export const FIRST_USER = "919812345678"; // whom the README asks
const REST = 120; // ms between two looks at the same thing

/** `link` is connecting, live, gone or refused; `user`, `app` and `faults` are as the control API says them. */
export const session = {
  apps: [],
  app: null,
  appId: null,
  user: null,
  waId: null,
  faults: [],
  numbers: [],
  link: "connecting",
  refusal: null,
};

const listeners = new Map();
let stream = null;
let chosen = false; // somebody said whose phone it is

/** Call `listener` when a topic has changed: apps, app, user, clock, faults, numbers, link, entries, older, anew. */
export function on(topics, listener) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, []);
    listeners.get(topic).push(listener);
  }
}

export function tell(topic, what) {
  for (const listener of listeners.get(topic) ?? []) listener(what);
}

/** Look at an app: everything of the one before is gone from the page. */
export function openApp(appId, { waId = null } = {}) {
  stream?.close();
  journal.clear();
  Object.assign(session, { appId, app: null, user: null, faults: [], link: "connecting", refusal: null });
  chosen = waId !== null;
  session.waId = waId ?? FIRST_USER;
  remember();
  for (const topic of ["anew", "app", "user", "faults", "link"]) tell(topic);
  refresh.all();
  stream = new Stream(appId, {
    onBegin: (entries, dropped) => took(entries, () => journal.begin(entries, dropped)),
    onEntries: (entries) => took(entries, () => journal.add(entries)),
    onOlder: (entries, dropped) => {
      const shown = journal.addOlder(entries, dropped);
      if (shown) tell("older", { entries, shown: shown.length });
      return Boolean(shown);
    },
    onAnew: (how) => {
      journal.clear();
      tell("anew", how);
      refresh.all();
    },
    onLost: (count) => {
      journal.lost(count);
      tell("entries", []);
    },
    onLink: linked,
  });
}

/** Hold the phone of this user. */
export function openUser(waId, { byHand = true } = {}) {
  chosen = chosen || byHand;
  if (session.waId === waId) return;
  session.waId = waId;
  session.user = null;
  remember();
  tell("user");
  refresh.user();
}

/** A user as an answer brought it, newer than what is shown. */
export function tookUser(user) {
  if (user?.wa_id !== session.waId) return;
  session.user = user;
  tell("user");
}

export function tookApp(app) {
  if (app.id !== session.appId) return;
  session.app = app;
  tell("app");
  tell("clock", app.clock);
}

/** The user does something. Throws Refused where that cannot be; webhooks are not waited for. */
export async function act(action, more = {}) {
  const { user } = await post(path("users", session.waId, "actions"), { action, wait: false, ...more });
  tookUser(user);
}

/** Change what the user is. */
export const changeUser = async (change) => tookUser(await ask("PATCH", path("users", session.waId), change));

/** Change the app's settings, and with its rules what a user's limits are. */
export async function changeApp(change) {
  tookApp(await ask("PATCH", path(), change));
  refresh.user();
}

/** Do something with the app's other things: calls, clock, faults, deliveries. */
export const ofThisApp = (...rest) => path(...rest);

export function hurry() {
  stream?.hurry();
}

const path = (...rest) => ofApp(session.appId, ...rest);

/** Look again. Looks that are asked for while one is under way become one look after it. */
export const refresh = {
  apps: soon(async () => {
    session.apps = (await get("apps?limit=1000")).apps;
    tell("apps");
  }),
  app: soon(async () => tookApp(await get(path()))),
  user: soon(async () => tookUser(await get(path("users", session.waId)))),
  clock: soon(async () => tell("clock", await get(path("clock")))),
  faults: soon(async () => {
    const appId = session.appId;
    const { faults } = await get(path("faults"));
    if (appId !== session.appId) return;
    session.faults = faults;
    tell("faults");
  }),
  numbers: soon(async () => {
    session.numbers = (await get("numbers")).numbers;
    tell("numbers");
  }),
  all() {
    for (const what of ["apps", "app", "user", "faults"]) refresh[what]();
    if (!session.numbers.length) refresh.numbers();
  },
};

function soon(look) {
  let under = false,
    again = false;
  return async function ask() {
    if (under) {
      again = true;
      return;
    }
    under = true;
    try {
      await look();
    } catch (error) {
      if (!(error instanceof Gone) && error.status !== 404) console.warn(error.message); // the stream tells the rest
    }
    await new Promise((rested) => setTimeout(rested, REST));
    under = false;
    if (again) {
      again = false;
      ask();
    }
  };
}

function took(entries, keep) {
  follow(entries);
  keep();
  const kinds = new Set(entries.map((entry) => entry.kind));
  if (entries.some((entry) => entry.wa_id === session.waId)) refresh.user();
  if (kinds.has("clock")) {
    refresh.clock();
    refresh.user();
  }
  if (kinds.has("fault")) refresh.faults();
  if (entries.some((entry) => !entry.wa_id && entry.kind !== "delivery")) refresh.app();
  tell("entries", entries);
}

/** Until somebody says whose phone it is, it is that of the first user whom the business writes to. */
function follow(entries) {
  if (chosen || journal.of(session.waId).length) return;
  const first = entries.find((entry) => entry.kind === "request" && entry.wa_id);
  if (first) openUser(first.wa_id, { byHand: false });
}

function linked(link, refusal = null) {
  if (session.link === link) return;
  const back = session.link === "gone" && link === "live";
  Object.assign(session, { link, refusal });
  tell("link");
  if (back) refresh.all();
}

/** The address says what is looked at, so that a reload and a copied address show the same. */
function remember() {
  const query = new URLSearchParams({ app: session.appId, user: session.waId });
  history.replaceState(null, "", `${location.pathname}?${query}`);
}
