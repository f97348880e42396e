// The values that an application is configured with, ready to be copied, and the README's request as a command.

import { copy, copyButton, curl } from "./copying.js";
import { button, byId, el, fill } from "./dom.js";
import { on, session } from "./session.js";

const PUBLISHED = ["sk_sandbox_0000000000000001", "sandbox-app-secret", "sandbox-verify-token", "sandbox-secret"];

export function begin() {
  on("app", draw);
}

/** A command as it is shown: with a token in it that everybody knows, or with none. */
export const masked = (command) => command.replaceAll(session.app.token, shown("TOKEN", session.app.token));

/** Gupshup's request for permission to call the user of the phone. */
export function requestCurl() {
  const { app, waId } = session;
  const body = {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    to: waId,
    type: "interactive",
    interactive: {
      type: "call_permission_request",
      action: { name: "call_permission_request" },
      body: { text: "We would like to call you to support your query." },
    },
  };
  return curl(
    "POST",
    `${location.origin}/partner/app/${app.id}/v3/message`,
    { Authorization: app.token, "Content-Type": "application/json" },
    body,
  );
}

function rows(app) {
  return [
    ["Base URL, for partner.gupshup.io and graph.facebook.com", location.origin, "GUPSHUP_BASE_URL"],
    ["App id", app.id, "GUPSHUP_APP_ID"],
    ["App token", app.token, "GUPSHUP_APP_TOKEN"],
    ["Phone-number-id", app.phone_number_id, "PHONE_NUMBER_ID"],
    ["WABA id", app.waba_id, "WABA_ID"],
    ["Meta app id", app.meta_app_id, "META_APP_ID"],
    ["Business number", app.business_number, "BUSINESS_NUMBER"],
    ["App secret", app.app_secret, "APP_SECRET"],
    ["Verify token", app.verify_token, "VERIFY_TOKEN"],
    ["Partner login", app.partner.email, "GUPSHUP_PARTNER_EMAIL"],
    ["Partner secret", app.partner.secret, "GUPSHUP_PARTNER_SECRET"],
  ];
}

const SECRET = /TOKEN|SECRET/;

function draw() {
  const { app } = session;
  const inside = byId("values-card").querySelector(".inside");
  if (!app) return fill(inside);
  const all = rows(app);
  const block = () => all.map(([, value, name]) => `${name}=${value}`).join("\n");
  fill(
    inside,
    el("dl", { class: "values" }, all.map(drawnRow)),
    el(
      "div",
      { class: "typed" },
      button("Copy as .env", () => copy(block(), "the values"), { sign: "copy", kind: "small" }),
      button("Copy a request as curl", () => copy(requestCurl(), "the request"), { sign: "copy", kind: "small" }),
    ),
    el("h3", { text: "Webhooks go to" }),
    app.subscriptions.length ? el("ul", { class: "list" }, app.subscriptions.map(subscription)) : nowhere(),
  );
}

function drawnRow([title, value, name]) {
  const copying = copyButton(value, title.split(",")[0]);
  return el("div", {}, el("dt", { text: title }), el("dd", {}, el("span", { text: shown(name, value) }), copying));
}

/** Secrets that everybody knows are shown; others only go onto the clipboard. */
const shown = (name, value) => (SECRET.test(name) && !PUBLISHED.includes(value) ? "••••••••" : value);

function subscription({ url, dialect, active, modes, fields }) {
  const wants = modes.join(", ").toLowerCase() || fields.join(", ") || "everything";
  const about = [dialect, active ? null : "off", wants].filter(Boolean).join(" · ");
  return el("li", {}, el("div", {}, el("div", { class: "mono", text: url }), el("small", { text: about })));
}

const nowhere = () =>
  el("p", {
    class: "quiet",
    text: "Nowhere yet: your application subscribes as it does in production, or start with --webhook URL.",
  });
