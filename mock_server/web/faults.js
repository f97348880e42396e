// What goes wrong on purpose: those that are set, and one more.

import { ask, post } from "./api.js";
import { button, byId, el, fill, setText } from "./dom.js";
import { tried } from "./saying.js";
import { words } from "./sentences.js";
import { ofThisApp, on, refresh, session } from "./session.js";

/** By name: what happens, on requests or webhooks, and the field it needs with its usual value. */
const KINDS = {
  "close route": ["Requests: the answer is lost", null],
  "status route": ["Requests: answered with a status", ["status", "HTTP status", "503"]],
  "error route": ["Requests: answered with an error", ["code", "Provider's code", "131000"]],
  "delay route": ["Requests: answered late", ["seconds", "Seconds", "3"]],
  "duplicate webhook": ["Webhooks: delivered twice", null],
  "drop webhook": ["Webhooks: never sent", null],
  "delay webhook": ["Webhooks: sent late", ["seconds", "Seconds", "5"]],
  "reorder webhook": ["Webhooks: in the wrong order", null],
  "batch webhook": ["Webhooks: several in one POST", null],
  "stale webhook": ["Webhooks: an old one again", null],
  "break_signature webhook": ["Webhooks: with a wrong signature", null],
};
const WEBHOOKS = [
  "call_permission_reply",
  "message_status",
  "message_status:sent",
  "message_status:delivered",
  "message_status:read",
  "message_status:failed",
  "message",
  "call_connect",
  "call_status",
  "call_terminate",
  "account_update",
  "*",
];
const ROUTES = ["message", "/calls", "call_permissions", "/settings", "*"];
const TIMES = [
  ["1", "once"],
  ["2", "twice"],
  ["5", "5 times"],
  ["", "until cleared"],
];

export function begin() {
  const inside = byId("faults-card").querySelector(".inside");
  const list = el("ul", { class: "list" });
  fill(inside, list, form());
  on("faults", () => draw(list));
}

function form() {
  const kind = el(
    "select",
    { id: "fault-kind", on: { change: fit } },
    Object.entries(KINDS).map(([value, [text]]) => el("option", { value, text })),
  );
  const target = el("select", { id: "fault-on" });
  const value = el("input", { id: "fault-value", type: "number", min: "0", step: "any", required: true });
  const label = el("label", { for: "fault-value" });
  const valueField = el("div", { class: "field" }, label, value);
  const times = el(
    "select",
    { id: "fault-times" },
    TIMES.map(([each, text]) => el("option", { value: each, text })),
  );
  const made = el(
    "form",
    { class: "inside" },
    field("fault-kind", "What goes wrong", kind),
    el("div", { class: "pair" }, field("fault-on", "On", target), field("fault-times", "How often", times), valueField),
    button("Add the fault", () => {}, { type: "submit" }),
  );
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [fault, on] = kind.value.split(" ");
    const needs = KINDS[kind.value][1];
    await tried(() =>
      post(ofThisApp("faults"), {
        fault,
        [on]: target.value,
        times: times.value ? Number(times.value) : null,
        ...(needs ? { [needs[0]]: Number(value.value) } : {}),
      }),
    );
    refresh.faults();
  });
  function fit() {
    const needs = KINDS[kind.value][1];
    fill(
      target,
      (kind.value.endsWith("route") ? ROUTES : WEBHOOKS).map((each) =>
        el("option", { value: each, text: each === "*" ? "all of them" : each }),
      ),
    );
    valueField.hidden = !needs;
    value.disabled = !needs;
    setText(label, needs?.[1] ?? "");
    value.value = needs?.[2] ?? "";
  }
  fit();
  return made;
}

const field = (id, text, input) => el("div", { class: "field" }, el("label", { for: id, text }), input);

function draw(list) {
  const { faults } = session;
  byId("faults-card").querySelector("summary").textContent = faults.length ? `Faults (${faults.length})` : "Faults";
  if (!faults.length) {
    fill(
      list,
      el("li", {
        class: "none quiet",
        text: "None is set. Choose what shall go wrong between your application and the provider.",
      }),
    );
    return;
  }
  fill(
    list,
    faults.map((fault) => {
      const clear = async () => {
        await tried(() => ask("DELETE", ofThisApp("faults", String(fault.id))));
        refresh.faults();
      };
      const on = fault.route ?? fault.webhook;
      const left = fault.left === null ? "until cleared" : fault.left ? `${fault.left} to come` : "spent";
      return el(
        "li",
        {},
        el(
          "div",
          { text: title(fault) },
          el("small", { text: `on ${on === "*" ? "all of them" : on} · struck ${fault.fired} · ${left}` }),
        ),
        button("", clear, {
          sign: "close",
          kind: "quiet small",
          "aria-label": `Clear the fault ${words(fault.fault)}`,
        }),
      );
    }),
  );
}

function title(fault) {
  const side = fault.route === undefined ? "webhook" : "route";
  return KINDS[`${fault.fault} ${side}`]?.[0] ?? words(fault.fault);
}
