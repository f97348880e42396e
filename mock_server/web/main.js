// The page begins: what it looks at, who draws what, and what it says when the sandbox is gone or wants its token.

import { get, keepToken, ofApp, takeToken } from "./api.js";
import * as apps from "./apps.js";
import * as clock from "./clock.js";
import { openDialog } from "./dialogs.js";
import { button, byId, el, fill, setText } from "./dom.js";
import * as faults from "./faults.js";
import * as people from "./people.js";
import * as permission from "./permission.js";
import * as phone from "./phone.js";
import { toast } from "./saying.js";
import { READY_MADE, hurry, on, openApp, refresh, session } from "./session.js";
import * as settings from "./settings.js";
import * as user from "./user.js";
import * as values from "./values.js";
import * as views from "./views.js";
import * as wire from "./wire.js";

const LOOK = 10_000; // ms between two looks at what no event tells of: apps and settings changed elsewhere
const ANEW = "The sandbox was started anew, or reset: what was shown here is no longer in it.";
const LINK = { connecting: "Connecting …", live: "Live", gone: "Not connected", refused: "Refused" };

takeToken();
for (const part of [views, apps, clock, people, phone, wire, permission, user, values, settings, faults]) part.begin();
on("link", drawLink);
on("anew", (how) => how?.unseen && toast(ANEW));
addEventListener("hashchange", () => location.hash.includes("token=") && location.reload());
document.addEventListener("visibilitychange", () => document.hidden || look());
setInterval(() => document.hidden || look(), LOOK);
start();

async function start() {
  const asked = new URLSearchParams(location.search);
  openApp(asked.get("app") ?? (await first()), { waId: asked.get("user") });
}

/** The ready-made app, or, where it was deleted, the first there is. */
async function first() {
  try {
    await get(ofApp(READY_MADE));
  } catch (error) {
    if (error.status === 404) return (await get("apps?limit=1")).apps[0]?.id ?? READY_MADE;
  }
  return READY_MADE;
}

function look() {
  if (session.link !== "live") return;
  refresh.app();
  refresh.user();
  refresh.faults();
}

function drawLink() {
  const { link, refusal } = session;
  byId("link").dataset.link = link;
  setText(byId("link"), LINK[link]);
  byId("gone").hidden = !["gone", "refused"].includes(link);
  if (link === "gone") {
    fill(
      byId("gone"),
      el("span", {
        text: "The sandbox does not answer. This is how it was last; once it is back, what was missed is shown.",
      }),
      button("Try now", hurry, { kind: "small" }),
    );
  }
  if (link !== "refused") return;
  const another = button(
    "Open another app",
    async () => {
      await refresh.apps();
      openApp(session.apps[0]?.id ?? READY_MADE);
    },
    { kind: "small" },
  );
  fill(byId("gone"), el("span", { text: refusal.message }), refusal.status === 404 ? another : null);
  if (refusal.status === 401) askToken();
}

/** The control token came with no address: it is asked for, and kept for as long as this tab lives. */
function askToken() {
  if (document.querySelector("dialog[open]")) return;
  openDialog("The control token", () => {
    const field = el("input", { id: "token", type: "password", autocomplete: "off", required: true });
    const form = el(
      "form",
      { class: "inside" },
      el("p", {
        class: "quiet",
        text: "This sandbox was started with --control-token. Type it, or open the page with #token=… at its end.",
      }),
      el("div", { class: "field" }, el("label", { for: "token", text: "Control token" }), field),
      button("Open", () => {}, { type: "submit", kind: "solid" }),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keepToken(field.value);
      location.reload();
    });
    return form;
  });
}
