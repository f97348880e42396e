// Copying, and requests as curl commands that can be pasted into a shell.

import { button } from "./dom.js";
import { toast } from "./saying.js";

/** Put a text on the clipboard and say so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelecting(text); // no clipboard for pages that do not come from this machine or by https
  }
  toast(`Copied: ${what}`);
}

export const copyButton = (text, what) =>
  button("", () => copy(typeof text === "function" ? text() : text, what), {
    sign: "copy",
    kind: "quiet small",
    "aria-label": `Copy ${what}`,
    title: `Copy ${what}`,
  });

/** A request as a curl command, its body in single quotes. */
export function curl(method, url, headers, body) {
  const lines = [`curl -s ${method === "POST" ? "" : `-X ${method} `}${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`  -H ${quoted(`${name}: ${value}`)}`);
  if (body !== null && body !== undefined) {
    lines.push(`  -d ${quoted(typeof body === "string" ? body : compact(body))}`);
  } else if (method === "POST") lines[0] = lines[0].replace("curl -s ", "curl -s -X POST ");
  return lines.join(" \\\n");
}

/** JSON on few lines: what is in an object of the first level stands on one. */
function compact(body) {
  const rows = Object.entries(body).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n    ${rows.join(",\n    ")}\n  }`;
}

const quoted = (text) => (/^[\w:/.?=&%@+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

function copyBySelecting(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
