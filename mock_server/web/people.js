// Whose phone it is: one of the app's users, a test number, or any number one types.

import { get } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, byId, el, fill, icon } from "./dom.js";
import * as journal from "./journal.js";
import { ofThisApp, on, openUser, session } from "./session.js";
import { show } from "./views.js";

const LISTED = 200;
const PERMISSIONS = { permanent: ["always", "good"], temporary: ["for a time", "good"], no_permission: null };

export function begin() {
  byId("person").addEventListener("click", open);
  on("user anew", draw);
  draw();
}

function draw() {
  const { user, waId } = session;
  fill(
    byId("person"),
    el(
      "span",
      { class: "who" },
      el("strong", { text: waId ? `+${waId}` : "…" }),
      el("span", { text: user ? about(user) : "…" }),
    ),
    user?.test_number ? el("span", { class: "pill warn", text: "Test number" }) : null,
    el("span", { class: "hidden", text: "Another phone" }),
    icon("down"),
  );
}

function about(user) {
  const name = user.username ? `${user.name} (@${user.username})` : user.name;
  return user.test_number ? `${name} · ${user.test_number}` : name;
}

async function open() {
  const list = el("div", { class: "people" });
  const field = el("input", {
    id: "number",
    type: "text",
    inputmode: "tel",
    autocomplete: "off",
    placeholder: "for example 919812345678",
    on: { input: () => fillList() },
  });
  let users = [];
  const dialog = openDialog("Whose phone?", (close) => {
    const take = (waId) => {
      close();
      openUser(waId);
      show("phone");
    };
    const form = el(
      "form",
      { class: "field" },
      el("label", { for: "number", text: "Any number of 7 to 15 digits is a user" }),
      el(
        "div",
        { class: "typed" },
        field,
        button("Open", () => {}, { kind: "solid", type: "submit" }),
      ),
      el("div", { class: "error", role: "alert" }),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const digits = field.value.replace(/[\s()+-]/g, "");
      if (/^\d{7,15}$/.test(digits)) take(digits);
      else form.querySelector(".error").textContent = "Type 7 to 15 digits, with the country code first.";
    });
    list.take = take;
    return [form, list];
  });
  const fillList = () => fill(list, ...groups(users, field.value.replace(/\D/g, ""), list.take));
  fillList();
  field.focus();
  ({ users } = await get(`${ofThisApp("users")}?limit=${LISTED}`).catch(() => ({ users: [] })));
  if (dialog.open) fillList();
}

function groups(users, digits, take) {
  const known = new Map(users.map((user) => [user.wa_id, user]));
  const latest = journal.users();
  const order = (waId) => (latest.includes(waId) ? latest.indexOf(waId) : latest.length);
  const all = [...new Set([...latest, ...known.keys()])].filter((waId) => waId.includes(digits));
  all.sort((one, other) => order(one) - order(other));
  const tests = session.numbers.filter(({ number }) => number.includes(digits));
  return [
    all.length ? el("h3", { text: "Users of this app, the latest first" }) : null,
    ...all.slice(0, LISTED).map((waId) => person(waId, known.get(waId), take)),
    tests.length ? el("h3", { text: "Test numbers: they act by themselves" }) : null,
    ...tests.map(({ number, does }) => choice(number, does, null, take)),
  ];
}

function person(waId, user, take) {
  const permission = user ? PERMISSIONS[user.permission.status] : null;
  return choice(waId, user ? about(user) : "", permission, take);
}

const choice = (waId, text, permission, take) =>
  el(
    "button",
    { type: "button", "aria-current": waId === session.waId ? "true" : null, on: { click: () => take(waId) } },
    el("span", { text: `+${waId}` }),
    el("small", { text }),
    permission ? el("span", { class: `pill ${permission[1]}`, text: permission[0] }) : null,
  );
