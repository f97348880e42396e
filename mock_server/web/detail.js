// The chosen line, opened: headers and bodies, what can be done with it.

import { get } from "./api.js";
import { copy, curl } from "./copying.js";
import { button, byId, el, fill } from "./dom.js";
import { pretty } from "./json.js";
import { duplicate, redeliver, sendStale } from "./resending.js";
import { line } from "./sentences.js";
import { ofThisApp, session } from "./session.js";
import { exactly, moment, secondsTime, took } from "./time.js";

let shown = null;
let whenClosed = () => {};

/** Open an entry; `close` is called when it is closed again. */
export async function showDetail(entry, { close }) {
  shown = entry;
  whenClosed = close;
  const detail = byId("detail");
  detail.hidden = false;
  draw(entry, parts(entry, undefined));
  if (entry.kind !== "delivery") return;
  const delivery = await get(ofThisApp("deliveries", entry.delivery_id)).catch(() => null);
  if (shown === entry) draw(entry, parts(entry, delivery));
}

export function closeDetail() {
  if (!shown) return;
  shown = null;
  byId("detail").hidden = true;
  whenClosed();
}

function draw(entry, { doing = [], content }) {
  const { tag, text } = line(entry);
  const closing = () => {
    closeDetail();
    byId("lines").focus();
  };
  fill(
    byId("detail"),
    el(
      "div",
      { class: "title" },
      el("h3", { text: `${tag} · ${text}` }),
      button("", closing, { sign: "close", kind: "quiet small", "aria-label": "Close the line" }),
    ),
    doing.length ? el("div", { class: "doing" }, doing) : null,
    ...content,
  );
}

/** What there is to do, and the content. A delivery is undefined until it is fetched, null where it is not kept. */
function parts(entry, delivery) {
  switch (entry.kind) {
    case "request":
      return request(entry);
    case "delivery":
      return webhook(entry, delivery);
    case "event":
      return { content: [facts(when(entry)), el("h4", { text: "Event" }), pretty(entry.event)] };
    case "violation":
    case "advice":
      return finding(entry);
    default:
      return { content: [facts(when(entry)), el("p", { text: entry.sentence ?? "" })] };
  }
}

function request(entry) {
  const headers = { Authorization: /^\/partner/.test(entry.path) ? session.app.token : `Bearer ${session.app.token}` };
  if (entry.body !== null) headers["Content-Type"] = entry.headers["content-type"] ?? "application/json";
  const command = () => curl(entry.method, location.origin + entry.path, headers, entry.body);
  return {
    doing: [button("Copy as curl", () => copy(command(), "the request as curl"), { sign: "copy", kind: "small" })],
    content: [
      facts({
        Request: `${entry.method} ${entry.path}`,
        ...when(entry),
        Answer: `${entry.status} in ${took(entry.seconds)}`,
      }),
      el("h4", { text: "Request body" }),
      pretty(entry.body),
      el("h4", { text: `Answer ${entry.status}` }),
      pretty(entry.answer),
      ...(Object.keys(entry.headers).length ? [el("h4", { text: "Request headers" }), facts(entry.headers)] : []),
    ],
  };
}

function webhook(entry, delivery) {
  const { attempt } = entry;
  const content = [
    facts({
      To: entry.url,
      ...when(entry),
      Attempt: `${attempt.number}: ${attempt.sentence} (${took(attempt.seconds)})`,
      State: delivery ? stateOf(delivery) : entry.state,
      ...(attempt.answer ? { Answer: attempt.answer } : {}),
    }),
  ];
  if (!delivery)
    return {
      content: [...content, el("p", { class: "quiet", text: delivery === null ? "Its body is not kept." : "…" })],
    };
  const body = delivery.body ?? fromBase64(delivery.raw_base64);
  content.push(
    el("h4", { text: "Body" }),
    pretty(body),
    el("h4", { text: "Headers" }),
    facts(delivery.headers),
    el("h4", { text: "Attempts" }),
    el(
      "ol",
      { class: "attempts" },
      delivery.attempts.map((each) =>
        el("li", { text: `${each.number} · ${secondsTime(each.at)} · ${each.sentence} · ${took(each.seconds)}` }),
      ),
    ),
  );
  const command = () =>
    curl("POST", delivery.url, delivery.headers, typeof body === "string" ? body : JSON.stringify(body));
  const doing = [
    button("Redeliver", () => redeliver(delivery), { sign: "again", kind: "small", title: "The same bytes once more" }),
    button("Duplicate", () => duplicate(delivery), {
      sign: "twice",
      kind: "small",
      title: "Two more copies at once, as deliveries of their own",
    }),
    button("Send stale", () => sendStale(delivery), {
      sign: "stale",
      kind: "small",
      title: "The one before this, of the same kind and user, once more",
    }),
    button("Copy as curl", () => copy(command(), "the webhook as curl"), { sign: "copy", kind: "small" }),
  ];
  return { doing, content };
}

function stateOf(delivery) {
  const again = delivery.duplicate ? ", sent again on purpose" : "";
  return delivery.due_at
    ? `${delivery.state}, next attempt ${moment(delivery.due_at)}${again}`
    : delivery.state + again;
}

const finding = (entry) => ({
  content: [
    el(
      "div",
      { class: `finding ${entry.kind}` },
      el("strong", { text: "Expected:" }),
      el("span", { text: entry.expected }),
    ),
    el("h4", { text: "Why" }),
    facts({ Rule: entry.rule, Source: entry.source, ...when(entry) }),
  ],
});

function when(entry) {
  return { ...(entry.wa_id ? { User: entry.wa_id } : {}), Time: `${exactly(entry.at)} on the app's clock` };
}

const facts = (rows) =>
  el(
    "dl",
    {},
    Object.entries(rows).flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })]),
  );

const fromBase64 = (text) => new TextDecoder().decode(Uint8Array.from(atob(text ?? ""), (each) => each.charCodeAt(0)));
