// A journal entry as one readable line.

import { took } from "./time.js";

/** The groups that one can filter by, with their names. */
export const GROUPS = [
  ["request", "Requests"],
  ["event", "Events"],
  ["delivery", "Webhooks"],
  ["finding", "Findings"],
  ["other", "Other"],
];

const TAGS = {
  request: "Request",
  event: "Event",
  delivery: "Webhook",
  violation: "Violation",
  advice: "Advice",
  clock: "Clock",
  fault: "Fault",
  note: "Note",
};
const STATUS = { enqueued: "queued", sent: "sent", delivered: "delivered", read: "read", failed: "failed" };

export function group(entry) {
  if (entry.kind === "violation" || entry.kind === "advice") return "finding";
  return ["request", "event", "delivery"].includes(entry.kind) ? entry.kind : "other";
}

/** Whether something went wrong: a refusal, a webhook that did not arrive, a failed message, a violation. */
export function failed(entry) {
  switch (entry.kind) {
    case "request":
      return entry.status >= 400;
    case "delivery":
      return !arrived(entry);
    case "event":
      return entry.event.status === "failed" || Boolean(entry.event.code);
    default:
      return entry.kind === "violation";
  }
}

const arrived = ({ attempt }) => attempt.status >= 200 && attempt.status < 300;

/**
 * What a line has: `tag` (what it is), `text`, `who` it is about and `aside` (both smaller), `badge` (what came of it),
 * `tone` (its colour).
 */
export function line(entry) {
  const said = (SAID[entry.kind] ?? remark)(entry);
  return {
    tag: TAGS[entry.kind] ?? entry.kind,
    who: entry.wa_id ?? "",
    aside: "",
    badge: "",
    tone: entry.kind,
    ...said,
  };
}

function request(entry) {
  const { method, path, status, answer } = entry;
  const refused = refusalOf(answer);
  return {
    text: `${asked(entry)}${refused ? ` · ${refused}` : ""}`,
    aside: `${method} ${path.replace(/^\/partner\/app\/[^/]+/, "…").split("?")[0]}`,
    badge: `${status} · ${took(entry.seconds)}`,
    outcome: status < 400 ? "good" : "bad",
  };
}

/** What the business asks for. */
function asked({ method, route, body }) {
  if (typeof body === "object" && body !== null) {
    if (body.interactive?.type === "call_permission_request") return "Asks for permission to call";
    if (body.type === "template") return `Sends template ${body.template?.name ?? ""}`;
    if (body.status === "read") return "Marks a message as read";
    if (body.action && route.endsWith("/calls")) return `Call: ${body.action}`;
    if (body.type && /messages?$/.test(route)) return `Sends ${body.type}`;
  }
  if (route?.endsWith("call_permissions")) return "Looks up the permission";
  return `${method} ${(route ?? "").replace("/partner/app/{app_id}", "")}`;
}

/** What an answer says that is an error, in whichever of the providers' shapes. */
function refusalOf(answer) {
  if (!answer || typeof answer !== "object") return "";
  if (answer.error && typeof answer.error === "object") return String(answer.error.message ?? "");
  if (answer.status === "error") return String(answer.message ?? "");
  return "reason" in answer && "code" in answer ? `(${answer.code}) ${answer.reason}` : "";
}

function event({ event: what }) {
  if (what.sentence) return { text: what.sentence, tone: "note" };
  return { text: happened(what), aside: what.kind, outcome: what.status === "failed" ? "bad" : "" };
}

function happened(what) {
  const by = what.direction === "USER_INITIATED" ? "user's call" : "business call";
  switch (what.kind) {
    case "message_status":
      return `Message ${STATUS[what.status] ?? what.status}${what.failure ? `: ${words(what.failure)}` : ""}`;
    case "message":
      return `User writes: ${what.text}`;
    case "call_permission_reply":
      return reply(what);
    case "call_connect":
      return `A ${by} ${what.direction === "USER_INITIATED" ? "begins" : "is connected"}`;
    case "call_status":
      return `A ${by} is ${what.status.toLowerCase()}`;
    case "call_terminate":
      return `A ${by} ends${what.code ? ` with ${what.code}` : what.picked_up_at ? "" : ", not answered"}`;
    case "account_update":
      return `${words(what.event)}: ${words(what.subject ?? "")}`;
    default:
      return words(what.kind);
  }
}

function reply(what) {
  const how = what.automatic ? ", automatically" : "";
  if (what.response !== "accept") return `Permission: declined or turned off${how}`;
  return `Permission: allowed ${what.is_permanent ? "always" : "temporarily"}${how}`;
}

function delivery(entry) {
  const { attempt, what, url, state } = entry;
  const again = { waiting: ", will be tried again", dead: ", given up" };
  const good = arrived(entry);
  return {
    text: `${capital(words(what).toLowerCase())}${good ? "" : ` · ${attempt.sentence}`}`,
    aside: `→ ${url.replace(/^https?:\/\//, "")}`,
    badge: good
      ? `${attempt.status} · ${took(attempt.seconds)}`
      : `${attempt.status ?? words(attempt.outcome)}${again[state] ?? ""}`,
    outcome: good ? "good" : "bad",
  };
}

const finding = ({ rule, seen, source }) => ({ text: capital(seen), badge: `Rule ${rule}`, aside: source });
const fault = ({ fault: kind, sentence }) => ({ text: sentence, badge: words(kind) });
const remark = (entry) => ({ text: entry.sentence ?? "" });

/** `call_permission_reply` as words. */
export const words = (name) => String(name).replaceAll("_", " ");

const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

const SAID = { request, event, delivery, violation: finding, advice: finding, fault };
