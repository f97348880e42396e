// JSON as people read it.

import { el } from "./dom.js";

const COLOURED = 60_000; // characters; beyond, colours would cost more than they help
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A block with the value, indented, and coloured where it is short; a text that is no JSON as it is. */
export function pretty(value) {
  if (value === null || value === undefined) return el("p", { class: "quiet", text: "No body" });
  if (typeof value === "string") return el("pre", { tabindex: "0", text: value });
  const text = JSON.stringify(value, null, 2);
  const block = el("pre", { class: "json", tabindex: "0" });
  if (text.length > COLOURED) {
    block.textContent = text;
    return block;
  }
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, string, colon] = found;
    const kind = colon ? "key" : string ? "string" : "number";
    block.append(text.slice(end, found.index), el("span", { class: kind, text: colon ? string : whole }), colon ?? "");
    end = found.index + whole.length;
  }
  block.append(text.slice(end));
  return block;
}
