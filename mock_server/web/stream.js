// Everything as it happens: server-sent events, read by fetch since an EventSource can send no token.

import { address, credentials, get, ofApp, refusal } from "./api.js";

const SILENCE = 40_000; // ms; the sandbox says something every 15 s
const FIRST = 300; // entries that are asked for at the beginning
const AT_ONCE = 500; // and then, of those before them, time after time
const REST = 30; // ms between two of those times
const PAUSES = [150, 300, 600, 1000, 2000, 3000]; // ms before trying again; the last one again and again

/**
 * The journal of one app: its end at once, what happens from then on as it happens, over every lost connection, and what
 * was before it piece by piece.
 *
 * `onBegin(entries, dropped)` gets the last entries and how many are no longer kept, `onEntries(entries)` those that
 * come, `onOlder(entries, dropped)` those before the first. `onAnew({ unseen })`: all that was told is void, and it is
 * `unseen` why; `onLost(count)`: so many were missed for good; `onLink(state, error)`: the connection is connecting, live, gone or refused.
 */
export class Stream {
  constructor(app, listeners) {
    this.app = app;
    this.listeners = listeners;
    this.last = null; // the last entry that came
    this.life = {}; // another one after each reset
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
      const { life } = this;
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
      if (life !== this.life) continue; // nothing broke: we let go, to begin anew
      this.listeners.onLink("gone");
      await this.pause(PAUSES[Math.min(failures, PAUSES.length - 1)]);
    }
  }

  /** One connection, until it ends. Throws when it breaks; the error has a `status` where the sandbox refused. */
  async follow(connected) {
    if (this.last) await this.compare();
    const previous = this.last ? null : await this.begin();
    this.abort = new AbortController();
    this.watch();
    const headers = { ...credentials(), Accept: "text/event-stream", "Last-Event-ID": String(this.last?.id ?? 0) };
    const path = address(`events?app=${encodeURIComponent(this.app)}`);
    const answer = await fetch(path, { headers, signal: this.abort.signal, cache: "no-store" });
    if (!answer.ok) throw refusal(answer.status, await answer.json().catch(() => null));
    connected();
    this.listeners.onLink("live");
    if (previous) this.goBack(previous, this.life);
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
    const { entries } = await this.journal({ after: this.last.id - 1, limit: 1 });
    const same = entries[0]?.id === this.last.id && entries[0].machine_at === this.last.machine_at;
    if (!same) this.anew({ unseen: true });
  }

  /** The end of the journal; answers where the part before it ends. */
  async begin() {
    const { entries, previous, dropped } = await this.journal({ last: FIRST });
    if (this.closed) return null;
    this.last = entries.at(-1) ?? null;
    this.listeners.onBegin(entries, dropped);
    return previous;
  }

  /** What was before, back to the beginning; where it cannot be had, it is left. */
  async goBack(previous, life) {
    const current = () => life === this.life && !this.closed;
    try {
      while (previous && current()) {
        const page = await this.journal({ before: previous, last: AT_ONCE });
        if (!current() || !this.listeners.onOlder(page.entries, page.dropped)) return;
        previous = page.previous;
        await new Promise((rested) => setTimeout(rested, REST));
      }
    } catch (error) {
      console.warn(error.message);
    }
  }

  journal(query) {
    return get(`${ofApp(this.app, "journal")}?${new URLSearchParams(query)}`);
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
        this.abort.abort();
        return;
      }
      if (kind === "lost") {
        hand();
        this.listeners.onLost(data.count);
      } else if (data?.id !== undefined) {
        this.last = data;
        entries.push(data);
      }
    }
    hand();
  }

  anew(how = {}) {
    this.life = {};
    this.last = null;
    this.listeners.onAnew(how);
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
