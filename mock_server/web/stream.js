// Everything as it happens: server-sent events, read by fetch since an EventSource can send no token.

import { address, credentials, get, ofApp, refusal } from "./api.js";

const SILENCE = 40_000; // ms; the sandbox says something every 15 s
const KEPT = 10_000; // entries that the sandbox keeps of an app
const PAUSES = [150, 300, 600, 1000, 2000, 3000]; // ms before trying again; the last one again and again

/**
 * The events of one app, all that its journal holds first, then as they happen, over every lost connection.
 *
 * `onEntries(entries)` gets journal entries; `onAnew()` that all before is void, `onLost(count)` that so many are no
 * longer kept; `onLink(state, error)` the state of the connection: connecting, live, gone or refused.
 */
export class Stream {
  constructor(app, listeners) {
    this.app = app;
    this.listeners = listeners;
    this.first = null; // the first entry that came
    this.last = null; // and the last
    this.closed = false;
    this.run();
  }

  close() {
    this.closed = true;
    this.abort?.abort();
  }

  /** Try at once instead of after the pause. */
  hurry() {
    this.wake?.();
  }

  async run() {
    for (let failures = 0; !this.closed; failures++) {
      try {
        await this.follow(() => (failures = 0));
      } catch (error) {
        if (this.closed) return;
        if (error.status) {
          this.listeners.onLink("refused", error);
          return;
        }
      }
      if (this.closed) return;
      this.listeners.onLink("gone");
      await this.pause(PAUSES[Math.min(failures, PAUSES.length - 1)]);
    }
  }

  /** One connection, until it ends. Throws when it breaks; the error has a `status` where the sandbox refused. */
  async follow(connected) {
    await this.compare();
    this.abort = new AbortController();
    this.watch();
    const headers = { ...credentials(), Accept: "text/event-stream", "Last-Event-ID": String(this.last?.id ?? 0) };
    const path = address(`events?app=${encodeURIComponent(this.app)}`);
    const answer = await fetch(path, { headers, signal: this.abort.signal, cache: "no-store" });
    if (!answer.ok) throw refusal(answer.status, await answer.json().catch(() => null));
    connected();
    this.listeners.onLink("live");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let rest = ""; ;) {
        const { done, value } = await reader.read();
        if (done || this.closed) return;
        this.watch();
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        this.take(blocks.map(block));
      }
    } finally {
      clearTimeout(this.silence);
    }
  }

  /** A sandbox that was started anew, or reset, while nobody listened has another entry under the last id, or none. */
  async compare() {
    if (!this.last) return;
    const { entries } = await get(`${ofApp(this.app, "journal")}?after=${this.last.id - 1}&limit=1`);
    const same = entries[0]?.id === this.last.id && entries[0].machine_at === this.last.machine_at;
    if (!same) this.anew();
  }

  take(events) {
    let entries = [];
    const hand = () => {
      if (entries.length) this.listeners.onEntries(entries);
      entries = [];
    };
    for (const { kind, data } of events) {
      if (kind === "reset") {
        hand();
        this.anew();
        this.abort.abort(); // and from the beginning: a loaded snapshot brings a journal of its own
        return;
      }
      if (kind === "lost") {
        hand();
        this.listeners.onLost(data.count);
      } else if (data?.id !== undefined) {
        this.first ??= data;
        this.last = data;
        entries.push(data);
      }
    }
    hand();
    if (events.some(({ kind, data }) => kind === "note" && !data.wa_id)) this.look();
  }

  /** A note about the app as a whole may be that it was reset: then its journal no longer begins where ours does. */
  async look() {
    const { entries } = await get(`${ofApp(this.app, "journal")}?limit=1`).catch(() => ({ entries: [] }));
    if (!entries.length || !this.first || this.last.id - this.first.id >= KEPT || entries[0].id <= this.first.id)
      return;
    this.anew();
    this.abort.abort();
  }

  anew() {
    this.first = null;
    this.last = null;
    this.listeners.onAnew();
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.abort.abort(), SILENCE);
  }

  pause(length) {
    return new Promise((resume) => {
      this.wake = resume;
      setTimeout(resume, length);
    });
  }
}

function block(text) {
  const said = {};
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) said[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  return { kind: said.event, data: said.data === undefined ? null : JSON.parse(said.data) };
}
