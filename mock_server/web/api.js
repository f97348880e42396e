// The control API: whatever this page does, it does through here, and anybody can do the same over HTTP.

const ROOT = new URL("../", import.meta.url).pathname;
const TOKEN = "gupshup-mock control token";
let token = null;

/** The sandbox said no; the message is its sentence. `code` is a provider's where it has one. */
export class Refused extends Error {
  constructor(sentence, status, code) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

/** Nobody answered. */
export class Gone extends Error {}

/**
 * Take the control token from `#token=...` and off the address, so that it stands in no history and no bookmark.
 * A fragment is never sent to the server. It lasts as long as this tab.
 */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    keepToken(given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  token = sessionStorage.getItem(TOKEN);
}

export function keepToken(given) {
  sessionStorage.setItem(TOKEN, given);
  token = given;
}

/** Headers that every request needs. */
export const credentials = () => (token ? { Authorization: `Bearer ${token}` } : {});

/** The address of something of the control API. */
export const address = (path) => ROOT + path;

/** The path of something of one app. */
export const ofApp = (app, ...rest) => ["apps", app, ...rest].map(encodeURIComponent).join("/");

/** Ask the control API; the answer's JSON, null where it has none. Throws Refused or Gone. */
export async function ask(method, path, body = undefined) {
  const headers = { ...credentials(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  let answer, text;
  try {
    answer = await fetch(address(path), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await answer.text();
  } catch {
    throw new Gone("The sandbox does not answer.");
  }
  const said = parsed(text);
  if (answer.ok) return said;
  throw refusal(answer.status, said);
}

export const get = (path) => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);

/** An answer that says no, as an error with the sentence to show. */
export function refusal(status, said) {
  return new Refused(said?.detail ?? `The sandbox answered ${status}.`, status, said?.code ?? null);
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
