// One key, one control: whatever bears data-key (a KeyboardEvent.code) is clicked by it. Codes name places on
// the keyboard, so that they hold in every layout; they rest while somebody types or composes.

import { isVisible } from "./page.js";

const TEXT_INPUTS = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";
// A key pressed as the next item arrives was meant for the one before.
const REST_MS = 250;

let restUntil = 0;

export function rest() {
  restUntil = performance.now() + REST_MS;
}

export function isTyping(target) {
  return target instanceof Element && target.matches(TEXT_INPUTS);
}

function usable(element) {
  return !element.disabled && isVisible(element);
}

// A panel that is open has the first call on its keys, the one opened last before others.
function find(code) {
  const all = [...document.querySelectorAll(`[data-key="${code}"]`)].filter(usable);
  const opened = all.filter((element) => element.closest("details.panel[open]"));
  opened.sort((a, b) => openedAt(b) - openedAt(a));
  return opened[0] ?? all.find((element) => !element.closest("details.panel"));
}

function openedAt(element) {
  return Number(element.closest("details.panel").dataset.openedAt ?? 0);
}

function codeOf(event) {
  if (event.key === "?") return "Slash";
  return event.shiftKey ? "" : event.code.replace("NumpadEnter", "Enter").replace("Numpad", "Digit");
}

function click(event, element) {
  event.preventDefault();
  element.click();
}

export function listen({ before }) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.repeat || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const submit = [...document.querySelectorAll("[data-submit]")].find(usable);
      if (submit) click(event, submit);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (performance.now() < restUntil) {
      event.preventDefault();
      return;
    }
    const code = codeOf(event);
    if (code === "Enter" && event.target.closest("button, a, summary")) return;
    if (before(event, code)) {
      event.preventDefault();
      return;
    }
    const element = code && find(code);
    if (element) click(event, element);
  });
}

function label(element) {
  const words = (element.closest("label") ?? element).cloneNode(true);
  for (const extra of words.querySelectorAll("kbd, .visually-hidden")) extra.remove();
  return element.dataset.keyLabel ?? words.textContent.trim();
}

function hint(element) {
  return (element.closest("label") ?? element).querySelector("kbd.hint");
}

function heading(element) {
  const group = element.closest("details.panel fieldset");
  if (group) return group.querySelector("legend").textContent.trim();
  return element.closest("details.panel")?.querySelector("summary").textContent.trim();
}

function section(title, rows) {
  const node = document.createElement("section");
  const list = document.createElement("dl");
  const head = document.createElement("h3");
  head.textContent = title;
  for (const [key, what] of rows) {
    const term = document.createElement("dt");
    const cap = document.createElement("kbd");
    const words = document.createElement("dd");
    cap.textContent = key;
    words.textContent = what;
    term.append(cap);
    list.append(term, words);
  }
  node.append(head, list);
  return node;
}

// The list is read off the page, so that it can never say anything else than what the keys do.
export function fillDialog(dialog) {
  const place = dialog.querySelector("[data-keys]");
  const { everywhere, submitLabel, leaveLabel } = place.dataset;
  const groups = new Map([[everywhere, []]]);
  for (const element of document.querySelectorAll("#bench [data-key]")) {
    if (element.closest(".no-js") || element.dataset.key === "Escape" || !hint(element)) continue;
    const title = heading(element) ?? everywhere;
    groups.set(title, [...(groups.get(title) ?? []), [hint(element).textContent, label(element)]]);
  }
  groups.get(everywhere).push(["Ctrl ⏎", submitLabel], ["Esc", leaveLabel]);
  place.replaceChildren(...[...groups].map(([title, rows]) => section(title, rows)));
}

// Where the browser tells the layout, hints show what is printed on the key.
export async function relabel(root) {
  const layout = await navigator.keyboard?.getLayoutMap?.().catch(() => null);
  if (!layout) return;
  for (const element of root.querySelectorAll('[data-key^="Key"]')) {
    const printed = layout.get(element.dataset.key);
    if (hint(element) && printed) hint(element).textContent = printed.toUpperCase();
  }
}
