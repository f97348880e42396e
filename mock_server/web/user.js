// What the user is: reachable or not, with a name, with a username.

import { button, byId, el, fill } from "./dom.js";
import { perform } from "./saying.js";
import { changeUser, on, session } from "./session.js";

const REACHABILITY = [
  ["reachable", "Switched on"],
  ["switched_off", "Switched off"],
  ["outdated_app", "App too old for requests"],
  ["not_on_whatsapp", "Not on WhatsApp"],
];

let fields = null;

export function begin() {
  const inside = byId("user-card").querySelector(".inside");
  const change = (make) => () => perform(() => changeUser(make()));
  const state = el(
    "select",
    { id: "reachability", on: { change: change(() => ({ reachability: state.value })) } },
    REACHABILITY.map(([value, text]) => el("option", { value, text })),
  );
  const name = el("input", { id: "user-name", maxlength: "100" });
  const username = el("input", { id: "username", maxlength: "100", placeholder: "none: the number is shown" });
  const form = el(
    "form",
    { class: "inside" },
    field("user-name", "Name", name),
    field("username", "Username: then the business does not see the number", username),
    button("Save", () => {}, { type: "submit" }),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change(() => ({
      ...(name.value.trim() ? { name: name.value.trim() } : {}),
      username: username.value.trim() || null,
    }))();
  });
  const ids = el("dl", { class: "values" });
  fill(inside, field("reachability", "The phone is", state), form, ids);
  fields = { state, name, username, ids };
  on("user", draw);
}

const field = (id, text, input) => el("div", { class: "field" }, el("label", { for: id, text }), input);

function draw() {
  const { user } = session;
  if (!user) return;
  fields.state.value = user.reachability;
  if (document.activeElement !== fields.name) fields.name.value = user.name;
  if (document.activeElement !== fields.username) fields.username.value = user.username ?? "";
  fill(
    fields.ids,
    el("div", {}, el("dt", { text: "wa_id" }), el("dd", { text: user.wa_id })),
    el("div", {}, el("dt", { text: "BSUID" }), el("dd", { text: user.bsuid })),
    user.test_number ? el("div", {}, el("dt", { text: "Test number" }), el("dd", { text: user.test_number })) : null,
  );
}
