// The entries that came, in order, and which of them the filters let through.

import { failed, group } from "./sentences.js";

const KEPT = 10_000; // as many as the sandbox keeps

/** What is to be seen of the wire. `groups` are those of `sentences.group`. */
export const filter = { groups: new Set(), user: "", failed: false, text: "" };

let entries = [];
let shown = [];
let byUser = new Map();
let missing = 0; // older ones that the sandbox keeps and that are not here yet
let dropped = 0; // of what came, or came while nobody could read
let before = 0; // numbers before the first one that is kept: too old, or from before a reset

/** Entries that the filter lets through, oldest first. */
export const seen = () => shown;
/** All entries about a user. */
export const of = (waId) => byUser.get(waId) ?? [];
/** Users that entries are about, the latest first. */
export const users = () => [...byUser.keys()].reverse();
/** How many there are, those that are not here yet included. */
export const count = () => entries.length + missing;
/** How many older entries the sandbox no longer keeps. */
export const droppedCount = () => dropped + (count() >= KEPT ? before : 0);

/** Begin with the last entries, of which so many are no longer kept. */
export function begin(last, lostBefore) {
  clear();
  add(last);
  reach(lostBefore);
}

/** Add those before the first entry; answers those that are shown, or null where there is no room for older ones. */
export function addOlder(older, lostBefore) {
  if (entries.length + older.length > KEPT) {
    missing = 0;
    return null;
  }
  const fitting = older.filter(lets);
  const newer = byUser;
  entries = older.concat(entries);
  shown = fitting.concat(shown);
  byUser = new Map();
  for (const entry of older) if (entry.wa_id) remember(entry);
  for (const [waId, own] of newer) {
    const all = (byUser.get(waId) ?? []).concat(own);
    byUser.delete(waId);
    byUser.set(waId, all);
  }
  reach(lostBefore);
  return fitting;
}

function reach(lostBefore) {
  before = lostBefore;
  missing = entries.length ? Math.max(0, entries[0].id - 1 - lostBefore) : 0;
}

/** Add entries that came. */
export function add(more) {
  for (const entry of more) {
    entries.push(entry);
    if (entry.wa_id) remember(entry);
    if (lets(entry)) shown.push(entry);
  }
  if (entries.length > KEPT * 1.1) forget(entries.length - KEPT);
}

export function lost(count) {
  dropped += count;
}

export function clear() {
  entries = [];
  shown = [];
  byUser = new Map();
  missing = 0;
  dropped = 0;
  before = 0;
}

/** Choose anew, after the filter was changed. */
export function choose() {
  shown = entries.filter(lets);
}

export const find = (id) => entries.find((entry) => entry.id === id);

function remember(entry) {
  const own = byUser.get(entry.wa_id) ?? [];
  own.push(entry);
  byUser.delete(entry.wa_id); // and to the end: the latest
  byUser.set(entry.wa_id, own);
}

function forget(count) {
  const first = entries[count].id;
  dropped += count + missing;
  missing = 0;
  entries = entries.slice(count);
  shown = shown.filter((entry) => entry.id >= first);
  for (const [waId, own] of byUser) {
    const rest = own.filter((entry) => entry.id >= first);
    if (rest.length) byUser.set(waId, rest);
    else byUser.delete(waId);
  }
}

function lets(entry) {
  if (filter.groups.size && !filter.groups.has(group(entry))) return false;
  if (filter.user && entry.wa_id !== filter.user) return false;
  if (filter.failed && !failed(entry)) return false;
  return !filter.text || textOf(entry).includes(filter.text);
}

function textOf(entry) {
  return JSON.stringify(entry).toLowerCase();
}
