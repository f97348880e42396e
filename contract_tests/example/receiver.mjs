// A receiver of WhatsApp's webhooks in Node, without any package: DIALECT=gupshup (the default) or meta.
//
//     POST /webhooks/whatsapp     what WhatsApp tells
//     GET  /webhooks/whatsapp     Meta's handshake
//     GET  /permissions/{user}    what a user, by number or BSUID, allows: none, temporary or permanent
//
// One business number, known in memory. The target files beside it start it and show its environment.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { env } = process;
const isMeta = env.DIALECT === "meta";
const LARGEST = 4 * 1024 * 1024; // bytes; Meta sends up to 3 MB
const WEEK = 7 * 86_400; // seconds
const missing = (isMeta ? ["APP_SECRET", "VERIFY_TOKEN"] : ["WEBHOOK_SECRET_HEADER", "WEBHOOK_SECRET_VALUE"]).filter(
  (name) => !env[name],
);
if (missing.length > 0) {
  console.error(`Set ${missing.join(" and ")}: a webhook that nobody checks may come from anybody.`);
  process.exit(1);
}

const permissions = new Map(); // by number and by BSUID: { at, until, state }

const list = (value) => (Array.isArray(value) ? value : []);
const seconds = (value) => (/^\d{1,12}$/.test(String(value)) ? Number(value) : undefined);
const hmac = (key, bytes) => createHmac("sha256", key).update(bytes).digest("hex");
// Of both the HMAC is compared, since timingSafeEqual wants the same length.
const same = (given, wanted) => timingSafeEqual(Buffer.from(hmac("", given)), Buffer.from(hmac("", wanted)));

/** Meta signs the very bytes that it sends, not the JSON; Gupshup sends the header that the subscription registered. */
function isGenuine(headers, raw) {
  if (isMeta) return same(headers["x-hub-signature-256"] ?? "", `sha256=${hmac(env.APP_SECRET, raw)}`);
  return same(headers[env.WEBHOOK_SECRET_HEADER.toLowerCase()] ?? "", env.WEBHOOK_SECRET_VALUE);
}

function handshake(query) {
  const isMetas = query.get("hub.mode") === "subscribe" && same(query.get("hub.verify_token") ?? "", env.VERIFY_TOKEN);
  return isMetas ? [200, query.get("hub.challenge") ?? ""] : [403, ""];
}

/** Every message of every change of every entry, whatever else a webhook holds. */
function apply(body) {
  for (const entry of list(body.entry)) {
    for (const change of list(entry?.changes)) {
      const contacts = list(change?.value?.contacts);
      for (const message of list(change?.value?.messages)) onMessage(message, contacts);
    }
  }
}

function onMessage(message, contacts) {
  const reply = message?.interactive?.call_permission_reply;
  const response = String(reply?.response).toLowerCase();
  if (!["accept", "approve", "reject"].includes(response)) return;
  const own = [message.from, message.from_user_id];
  const named = contacts.length === 1 ? [contacts[0]?.wa_id, contacts[0]?.user_id] : [];
  const names = [...own, ...named].filter((name) => typeof name === "string");
  const at = seconds(message.timestamp) ?? Date.now() / 1000;
  const until = seconds(reply.expiration_timestamp ?? reply.expiration_time);
  const isPermanent = reply.is_permanent === true && until === undefined;
  const state = response === "reject" ? "none" : isPermanent ? "permanent" : "temporary";
  const end = state === "temporary" ? until ?? at + WEEK : Infinity; // a missing end makes nothing permanent
  for (const name of names) {
    if (at >= (permissions.get(name)?.at ?? 0)) permissions.set(name, { at, until: end, state }); // the newest counts
  }
}

function permission(user) {
  const known = permissions.get(user);
  if (known === undefined) return [404, ""];
  return [200, JSON.stringify({ state: known.until * 1000 > Date.now() ? known.state : "none" })];
}

/** The body to its end, which is read even where it is too large: else the sender never sees the answer. */
async function bytesOf(request) {
  const pieces = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length <= LARGEST) pieces.push(piece);
  }
  return length <= LARGEST ? Buffer.concat(pieces) : undefined;
}

/** 2xx and nothing else for whatever is genuine, also where it is unknown here: all other answers bring it back. */
async function webhook(request) {
  const raw = await bytesOf(request);
  if (raw === undefined) return [413, ""];
  if (!isGenuine(request.headers, raw)) return [401, ""];
  let body;
  try {
    body = JSON.parse(raw.toString());
  } catch {
    return [400, ""];
  }
  if (body === null || typeof body !== "object") return [400, ""];
  setImmediate(apply, body); // behind the answer: what takes time must not delay it
  return [200, ""];
}

async function answer(request) {
  const url = new URL(request.url, "http://localhost");
  const [, place, user] = url.pathname.split("/");
  if (url.pathname === "/webhooks/whatsapp") {
    if (request.method === "POST") return webhook(request);
    return request.method === "GET" && isMeta ? handshake(url.searchParams) : [405, ""];
  }
  return place === "permissions" && user ? permission(decodeURIComponent(user)) : [404, ""];
}

const server = createServer(async (request, response) => {
  try {
    const [status, text] = await answer(request);
    response.writeHead(status).end(text);
  } catch (error) {
    console.error(error); // the sender went away, or a path that cannot be read
    response.writeHead(400).end();
  }
});
server.listen(Number(env.PORT ?? 9000), "127.0.0.1");
