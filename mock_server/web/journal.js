// The entries that came, in order, and which of them the filters let through.

import { failed, group } from "./sentences.js";

const KEPT = 10_000; // as many as the sandbox keeps

/** What is to be seen of the wire. `groups` are those of `sentences.group`. */
export const filter = { groups: new Set(), user: "", failed: false, text: "" };

let entries = [];
let shown = [];
let byUser = new Map();
let dropped = 0; // of what came, or came while nobody could read
let before = 0; // numbers before the first entry: too old to be kept, or from before a reset

/** Entries that the filter lets through, oldest first. */
export const seen = () => shown;
/** All entries about a user. */
export const of = (waId) => byUser.get(waId) ?? [];
/** Users that entries are about, the latest first. */
export const users = () => [...byUser.keys()].reverse();
export const count = () => entries.length;
/** How many older entries the sandbox no longer keeps. */
export const droppedCount = () => dropped + (entries.length >= KEPT ? before : 0);

/** Add entries; returns how many of the shown ones went at the beginning to make room. */
export function add(more) {
  for (const entry of more) {
    entries.push(entry);
    if (entry.wa_id) remember(entry);
    if (lets(entry)) shown.push(entry);
  }
  if (entries.length > KEPT * 1.1) forget(entries.length - KEPT);
}

export function lost(count) {
  if (entries.length) dropped += count;
  else before = count;
}

export function clear() {
  entries = [];
  shown = [];
  byUser = new Map();
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
  dropped += count;
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
