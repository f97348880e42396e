// From journal entries to what a phone shows: bubbles with ticks, calls, and what WhatsApp says. No elements.

import { words } from "./sentences.js";
import { day, moment } from "./time.js";

const RANK = { accepted: 0, enqueued: 0, sent: 1, delivered: 2, read: 3 };
const NAMES = ["accepted", "sent", "delivered", "read"];
const FAILURES = {
  outdated_app: "this app is too old for it",
  not_on_whatsapp: "not on WhatsApp",
  unknown_user_id: "nobody has this id",
  window_closed: "more than 24 hours since the user last wrote",
};
const CUT_TEXT = /"body"\s*:\s*(?:\{\s*"text"\s*:\s*)?"((?:[^"\\]|\\.)*)/;

/** How many bubbles have arrived and are not read. */
export const unread = (items) => items.filter((item) => item.kind === "business" && item.state === "delivered").length;

/** The items of a chat in order: business, own, system and call, each with a `key`. */
export function chatOf(entries, user) {
  const chat = new Chat(user);
  for (const entry of entries) {
    if (entry.kind === "request") chat.request(entry);
    else if (entry.kind === "event") chat.event(entry);
  }
  chat.complete();
  for (const item of chat.items) {
    if (item.kind === "business") item.state = item.failure ? "failed" : NAMES[item.rank];
  }
  return chat.items;
}

class Chat {
  constructor(user) {
    this.user = user;
    this.items = [];
    this.bubbles = new Map(); // by both ids of a message
    this.calls = new Map();
  }

  request({ id, at, status, method, body, answer }) {
    const sent = status < 300 && method === "POST" ? answer?.messages?.[0]?.id : null;
    if (!sent) return;
    const bubble = { kind: "business", key: `m${id}`, at, ids: [sent], rank: 0, ...said(body) };
    this.bubbles.set(sent, bubble);
    this.items.push(bubble);
  }

  event({ id, event: what }) {
    const make = this[what.kind];
    if (make) make.call(this, what, `e${id}`);
  }

  message_status(what) {
    const bubble = this.bubbles.get(what.gs_id) ?? this.bubbles.get(what.wamid);
    if (!bubble) return;
    if (!bubble.ids.includes(what.wamid)) bubble.ids.push(what.wamid);
    if (what.status === "failed") bubble.failure = FAILURES[what.failure] ?? words(what.failure ?? "failed");
    else bubble.rank = Math.max(bubble.rank, RANK[what.status] ?? 0);
  }

  message(what, key) {
    this.items.push({ kind: "own", key, at: what.at, text: what.text });
  }

  call_permission_reply(what, key) {
    this.items.push({ kind: "system", key, at: what.at, text: replied(what) });
  }

  note(what, key) {
    const nudge = what.what === "user_nudged";
    const text = nudge
      ? "You have not answered the last calls of this business. Do you still want it to call you?"
      : NOTES[what.what];
    if (text) this.items.push({ kind: "system", key, at: what.at, text, nudge });
  }

  call_connect(what) {
    this.call(what).connected = true;
  }

  call_status(what) {
    const call = this.call(what);
    call.rejected = call.rejected || what.status === "REJECTED";
  }

  call_terminate(what) {
    const call = this.call(what);
    call.ended = true;
    if (what.picked_up_at) call.seconds = (Date.parse(what.ended_at) - Date.parse(what.picked_up_at)) / 1000;
    call.code = what.code;
  }

  call(what) {
    if (!this.calls.has(what.call_id)) {
      const call = { kind: "call", key: what.call_id, at: what.at, own: what.direction === "USER_INITIATED" };
      this.calls.set(what.call_id, call);
      this.items.push(call);
    }
    return this.calls.get(what.call_id);
  }

  /** Add what the user's own state knows: which requests can be answered, and what the journal no longer has. */
  complete() {
    for (const request of this.user?.requests ?? []) {
      let bubble = this.bubbles.get(request.gs_id) ?? this.bubbles.get(request.id);
      if (!bubble) {
        bubble = { kind: "business", key: `r${request.id}`, at: request.accepted_at, ids: [], text: "", rank: 0 };
        this.items.push(bubble);
      }
      bubble.rank = Math.max(bubble.rank, RANK[request.state] ?? 0);
      if (request.state === "failed") bubble.failure ??= "not delivered";
      Object.assign(bubble, {
        requestId: request.id,
        answer: request.answer,
        answerable: request.answerable,
        asks: true,
      });
    }
    for (const call of this.user?.calls ?? []) {
      const shown = this.call({ call_id: call.id, at: call.started_at, direction: call.direction });
      shown.connected = shown.connected || (call.picked_up_at !== null && !shown.own);
      shown.ended = call.state === "ended";
      shown.going = call.state === "connected";
      if (call.picked_up_at && call.ended_at) {
        shown.seconds = (Date.parse(call.ended_at) - Date.parse(call.picked_up_at)) / 1000;
      }
    }
    this.items.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  }
}

const NOTES = { permission_expired: "The time is over for which this business could call you." };

/** What the text of a permission reply is to the user who gave it. */
function replied(what) {
  if (what.response === "accept") {
    const why = what.automatic ? "Because you called, this business" : "This business";
    return `${why} can call you${what.is_permanent ? "." : ` until ${moment(what.expires_at)}.`}`;
  }
  if (what.automatic) return "WhatsApp turned calls from this business off, since you did not answer them.";
  return what.context_id ? "You did not allow this business to call you." : "You turned off calls from this business.";
}

/** What a message of the business says: its `text`, a `label` above it, whether it `asks` for permission. */
function said(body) {
  if (typeof body === "string") return { text: cut(body), asks: body.includes("call_permission_request") };
  const { type } = body ?? {};
  if (type === "text") return { text: String(body.text?.body ?? "") };
  if (type === "template") return { text: "", label: `Template ${body.template?.name ?? ""}` };
  if (type === "interactive") {
    const asks = body.interactive?.type === "call_permission_request";
    const text = body.interactive?.body?.text;
    return {
      text: String((typeof text === "object" ? text?.text : text) ?? ""),
      asks,
      label: asks ? null : "Interactive message",
    };
  }
  if (type === "reaction") return { text: String(body.reaction?.emoji ?? ""), label: "Reaction" };
  const text = body?.[type]?.caption ?? body?.[type]?.filename ?? "";
  return { text: String(text), label: words(type ?? "message") };
}

/** The text in a body that was too long to be kept whole. */
function cut(body) {
  const found = CUT_TEXT.exec(body)?.[1] ?? "";
  try {
    return `${JSON.parse(`"${found.replace(/\\u?[0-9a-fA-F]{0,3}$/, "")}"`)} …`;
  } catch {
    return "…";
  }
}

/** The items with days between them, each with a `look` that changes when it has to be drawn anew. */
export function withDays(items) {
  const all = [];
  let last = "";
  for (const item of items) {
    const today = day(item.at);
    if (today !== last) all.push({ kind: "day", key: `d${today}`, look: today, text: today });
    last = today;
    item.look = JSON.stringify(item);
    all.push(item);
  }
  return all;
}
