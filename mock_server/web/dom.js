// Making elements. What comes from outside is only ever set as text.

const SVG = "http://www.w3.org/2000/svg";

/**
 * A new element. `given` holds attributes; `on` the listeners by event, `text` the text; null and false are left out.
 * Children are nodes or strings, and strings become text.
 */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else if (name === "text") made.textContent = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** The element with this id; it is in the page from the start. */
export const byId = (id) => document.getElementById(id);

/** One of the signs drawn in index.html. It says nothing to a screen reader: the text beside it does. */
export function icon(name) {
  const drawn = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  drawn.append(use);
  return drawn;
}

/** A button with a text, a sign, or both. */
export function button(text, press, { sign = null, kind = "", ...given } = {}) {
  return el(
    "button",
    { type: "button", class: `button ${kind}`.trim(), on: { click: press }, ...given },
    sign ? icon(sign) : null,
    text ? el("span", { text }) : null,
  );
}

/** Replace what a node holds. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
}

/** Set a text only where it is another: nothing is announced or laid out again for nothing. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Make a list's nodes those of `items`, keeping the node of every item whose `key` and `look` are as they were, so that
 * focus and scrolling stay where they are.
 */
export function reconcile(list, items, make) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let place = list.firstChild;
  for (const item of items) {
    let node = old.get(item.key);
    if (node) old.delete(item.key);
    if (!node || node.dataset.look !== item.look) {
      const made = make(item);
      made.dataset.key = item.key;
      made.dataset.look = item.look;
      const focused = node?.contains(document.activeElement);
      if (node) {
        if (place === node) place = made;
        node.replaceWith(made);
      }
      if (focused) made.querySelector("button")?.focus();
      node = made;
    }
    if (place === node) place = node.nextSibling;
    else list.insertBefore(node, place);
  }
  for (const node of old.values()) node.remove();
}
