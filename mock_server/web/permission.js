// What the business may do with this user now: permission, limits, streak, service window; and its side of a call.

import { post } from "./api.js";
import { goingOn } from "./calls.js";
import { appNow, countdown } from "./clock.js";
import { copyButton } from "./copying.js";
import { button, byId, el, fill, setText } from "./dom.js";
import { tried } from "./saying.js";
import { ofThisApp, on, session, tookUser } from "./session.js";
import { moment } from "./time.js";
import { requestCurl } from "./values.js";

const LIMITS = {
  requests_per_24h: "Requests in 24 hours",
  requests_per_7d: "Requests in 7 days",
  connected_calls_per_24h: "Connected calls in 24 hours",
};
const SEGMENTS = 12; // a meter of more is one bar
const WEEK = 604_800;

export function begin() {
  on("user app", draw);
  on("tick", () => {
    const due = session.user?.permission.expires_at;
    const bar = byId("life-left");
    if (due && bar) bar.style.width = `${share(due)}%`;
  });
}

function draw() {
  const { user, app } = session;
  setText(byId("state-of"), `of +${session.waId}`);
  if (!user || !app) {
    fill(byId("permission-card"), el("p", { class: "quiet", text: "…" }));
    return;
  }
  fill(
    byId("permission-card"),
    verdict(user),
    el("div", { class: "measures" }, user.limits.map(limit), streak(user.streak), serviceWindow(user.service_window)),
  );
  drawBusiness(user);
}

function verdict({ permission }) {
  if (permission.status === "permanent") return said("good", "May call, always", "Until the user turns it off");
  if (permission.status === "no_permission")
    return said("", "May not call", "The user has given no permission, or it has ended");
  const left = el("div", { class: "meter whole", "aria-hidden": "true" }, el("i", { id: "life-left" }));
  left.firstChild.style.width = `${share(permission.expires_at)}%`;
  return el(
    "div",
    { class: "verdict good" },
    el("strong", {}, "May call for ", countdown(permission.expires_at)),
    el("span", { text: `Temporary, until ${moment(permission.expires_at)}` }),
    left,
  );
}

const said = (kind, title, text) =>
  el("div", { class: `verdict ${kind}` }, el("strong", { text: title }), el("span", { text }));

function share(due) {
  const life = session.app.overrides.temporary_permission_seconds ?? WEEK;
  return Math.max(0, Math.min(100, (Date.parse(due) - appNow()) / life / 10));
}

function limit({ name, max_allowed: max, current_usage: used, frees_at: frees }) {
  const full = used >= max;
  const note =
    full && frees
      ? el(
          "small",
          {},
          "The next is free ",
          countdown(frees, "in"),
          `, ${moment(frees)}`,
        )
      : null;
  return measure(LIMITS[name] ?? name, used, max, full, note);
}

function measure(name, used, max, full, note, marks = {}) {
  const parts = max <= SEGMENTS ? max : 1;
  const meter = el(
    "div",
    {
      class: `meter${parts === 1 && max > 1 ? " whole" : ""}`,
      role: "meter",
      "aria-label": name,
      "aria-valuemin": "0",
      "aria-valuemax": String(max),
      "aria-valuenow": String(Math.min(used, max)),
    },
    Array.from({ length: parts }, (_, place) =>
      el("i", { class: `${place < used ? "on" : ""} ${marks[place + 1] ?? ""}` }),
    ),
  );
  if (parts === 1 && max > 1) meter.firstChild.style.width = `${(Math.min(used, max) / max) * 100}%`;
  return el(
    "div",
    { class: `measure${full ? " full" : ""}` },
    el("div", { class: "names" }, el("span", { text: name }), el("strong", { text: `${used} of ${max}` })),
    meter,
    note,
  );
}

function streak({ unanswered, nudge_after: nudge, revoke_after: revoke, nudged }) {
  const text = nudged
    ? `WhatsApp has asked the user; at ${revoke} the permission is taken away`
    : `At ${nudge} WhatsApp asks the user, at ${revoke} the permission is taken away`;
  return measure("Unanswered calls in a row", unanswered, revoke, false, el("small", { text }), {
    [nudge]: "nudge",
    [revoke]: "revoke",
  });
}

function serviceWindow({ open, until }) {
  return el(
    "div",
    { class: "measure" },
    el(
      "div",
      { class: "names" },
      el("span", { text: "Service window" }),
      el("strong", { text: open ? "open" : "closed" }),
    ),
    el(
      "small",
      {},
      ...(open
        ? ["For ", countdown(until), ` more, until ${moment(until)}`]
        : ["Opens for 24 hours when the user writes, calls or picks up"]),
    ),
  );
}

/** Requests come from the business's application; a call can be placed here, too. */
function drawBusiness(user) {
  const card = byId("business-card");
  const going = goingOn();
  const key = `${session.appId} ${user.wa_id} ${going?.id}`;
  if (card.dataset.key === key && card.children.length) return;
  card.dataset.key = key;
  const place = async () => {
    const done = await tried(() => post(ofThisApp("calls"), { to: user.wa_id }));
    if (done) tookUser(done.user);
  };
  fill(
    card,
    el(
      "div",
      { class: "business-does" },
      el("h3", { text: "As the business" }),
      el("p", { text: "Your application asks and calls. You can do it here as well:" }),
      el(
        "div",
        { class: "typed" },
        button("Call the user", place, { sign: "call", kind: "solid", disabled: Boolean(going) }),
        copyButtonOf("Copy request"),
      ),
    ),
  );
}

function copyButtonOf(text) {
  const made = copyButton(requestCurl, "the request as curl");
  made.append(el("span", { text }));
  made.classList.remove("quiet", "small");
  made.removeAttribute("aria-label");
  return made;
}
