// Several apps: which one is looked at, a new one, starting one afresh.

import { post } from "./api.js";
import { confirm, openDialog } from "./dialogs.js";
import { button, byId, el, fill } from "./dom.js";
import { toast, tried } from "./saying.js";
import { READY_MADE, ofThisApp, on, openApp, refresh, session, tell } from "./session.js";

export function begin() {
  byId("app").addEventListener("change", (event) => openApp(event.target.value));
  byId("app").addEventListener("focus", refresh.apps);
  byId("new-app").addEventListener("click", makeNew);
  byId("reset-app").addEventListener("click", reset);
  on("apps app", draw);
}

function draw() {
  const known = session.apps.some((app) => app.id === session.appId);
  const all = known || !session.appId ? session.apps : [...session.apps, { id: session.appId, name: session.appId }];
  const key = all.map((app) => `${app.id} ${app.name}`).join("\n");
  const choice = byId("app");
  if (choice.dataset.key !== key) {
    choice.dataset.key = key;
    fill(
      choice,
      all.map((app) => el("option", { value: app.id, text: label(app) })),
    );
  }
  choice.value = session.appId ?? "";
}

const label = (app) => `${app.name}${app.id === READY_MADE ? " (ready-made)" : ` · ${app.id.slice(0, 8)}`}`;

function makeNew() {
  openDialog("A new app", (close) => {
    const name = el("input", { id: "app-name", maxlength: "100", value: "another", required: true });
    const url = el("input", { id: "app-webhook", type: "url", placeholder: "http://127.0.0.1:9000/webhooks" });
    const dialect = el(
      "select",
      { id: "app-dialect" },
      ["gupshup", "meta"].map((text) => el("option", { text })),
    );
    const error = el("div", { class: "error", role: "alert" });
    const form = el(
      "form",
      { class: "body-form inside" },
      el("p", {
        class: "quiet",
        text: "A business number of its own, with users, limits and a clock that no other app sees.",
      }),
      el("div", { class: "field" }, el("label", { for: "app-name", text: "Name" }), name),
      el("div", { class: "field" }, el("label", { for: "app-webhook", text: "Webhook URL (may be left out)" }), url),
      el("div", { class: "field" }, el("label", { for: "app-dialect", text: "In whose words" }), dialect),
      error,
      el(
        "div",
        { class: "row" },
        button("Cancel", close),
        button("Create", () => {}, { type: "submit", kind: "solid" }),
      ),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const app = await post("apps", {
          name: name.value,
          dialect: dialect.value,
          ...(url.value ? { webhook_url: url.value } : {}),
        });
        session.apps.push(app);
        tell("apps");
        close();
        openApp(app.id);
      } catch (refused) {
        error.textContent = refused.message;
      }
    });
    return form;
  });
}

function reset() {
  const sentence =
    "Conversations, calls, webhooks, the journal and the faults are dropped, and the clock is set to the machine's " +
    "time. Settings, tokens and webhook URLs stay.";
  confirm("Start this app afresh?", sentence, "Reset", async () => {
    if (await tried(() => post(ofThisApp("reset")))) toast("The app was reset");
  });
}
