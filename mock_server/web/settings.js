// The app's settings that one turns while trying things, and the shapes of its webhooks (variants).

import { byId, el, fill } from "./dom.js";
import { tried } from "./saying.js";
import { changeApp, on, session } from "./session.js";

const SETTINGS = [
  ["dialect", "Dialect of URLs", ["gupshup", "meta"]],
  ["rules", "Rules (limits)", ["gupshup", "wolkvox", "meta", "meta-test-number"]],
  ["calling", "Calling", ["ENABLED", "DISABLED"]],
  ["callback_permission_status", "Callback permission", ["DISABLED", "ENABLED"]],
  ["restriction", "Restriction", [null, "calling", "blocked"]],
  ["enforce_service_window", "Service window", [false, true]],
  ["bsuid", "BSUIDs", ["on", "off"]],
  ["deliveries", "Deliveries", ["on", "paused"]],
  ["test_numbers", "Test numbers", ["prefix", "any", "off"]],
  ["partner_errors", "Partner errors", ["meta", "reason", "status"]],
];

/** Shapes that providers' pages print side by side; the first is the default. */
const VARIANTS = [
  ["expiration", ["int", "string"]],
  ["reply", ["current", "2025", "permanent-guide", "outbound-guide"]],
  ["context_from", ["user", "business", "phone_number_id"]],
  ["status_id", ["wamid", "uuid"]],
  ["failed", ["errors", "flat"]],
  ["contacts", ["full", "trimmed", "absent"]],
  ["terminate_case", ["upper", "title", "list"]],
  ["enqueued_timestamp", ["string", "ms"]],
  ["no_permission_status", ["401", "400"]],
  ["retry_window", ["7d", "36h"]],
];

const fields = new Map();

export function begin() {
  const inside = byId("settings-card").querySelector(".inside");
  fill(
    inside,
    el(
      "div",
      { class: "pair" },
      SETTINGS.map(([name, text, values]) => choice(name, text, values, (value) => ({ [name]: value }))),
    ),
    el("h3", { text: "Shapes of webhooks" }),
    el("p", { class: "quiet", text: "Where the providers' pages print several shapes; the first is the default." }),
    el(
      "div",
      { class: "pair" },
      VARIANTS.map(([name, values]) =>
        choice(`variants.${name}`, name, values, (value) => ({ variants: { [name]: value } })),
      ),
    ),
  );
  on("app", draw);
}

function choice(name, text, values, change) {
  const id = `set-${name.replace(".", "-")}`;
  const field = el(
    "select",
    {
      id,
      on: {
        change: async () => {
          await tried(() => changeApp(change(values[field.selectedIndex])));
          draw();
        },
      },
    },
    values.map((value) =>
      el("option", { text: String({ null: "none", true: "enforced", false: "not enforced" }[value] ?? value) }),
    ),
  );
  fields.set(name, { field, values });
  return el("div", { class: "field" }, el("label", { for: id, text }), field);
}

function draw() {
  if (!session.app) return;
  const { variants, dialect } = session.app;
  for (const [name, { field, values }] of fields) {
    const value = name.startsWith("variants.") ? variants[name.slice(9)] : session.app[name];
    const place = values.indexOf(value);
    // Without a choice of its own the expiration is the dialect's: a number at Gupshup, a string at Meta.
    field.selectedIndex = place >= 0 ? place : Number(name === "variants.expiration" && dialect === "meta");
  }
}
