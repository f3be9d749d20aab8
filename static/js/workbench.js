// The workbench: modes of a verdict, edits with their diff, panels, keys, and what is sent.

import { diff, show } from "./diff.js";
import { fillDialog, listen, relabel, rest } from "./keys.js";
import { hush, isVisible, say, token } from "./page.js";
import { start as startPresence, take } from "./presence.js";
import { attach } from "./spans.js";

let marker = null;
let order = 0;

const toLineFeeds = (text) => text.replace(/\r\n?/g, "\n");
const judged = (area) => toLineFeeds(area.closest(".pair__target").querySelector(":scope > .text").textContent);
const isChanged = (area) => area.value !== judged(area);
const areas = (form) => [...form.querySelectorAll("textarea[data-original]")];

function setMode(form, mode) {
  const was = form.dataset.mode;
  form.dataset.mode = mode;
  if (mode !== was) for (const radio of form.querySelectorAll("[name=reason]")) radio.checked = false;
  const reasons = form.querySelector("#reasons");
  if (reasons && mode) open(reasons, mode !== "edit");
  else if (reasons) reasons.open = false;
}

function open(panel, takeFocus = true) {
  panel.dataset.openedAt = String(order += 1);
  panel.open = true;
  if (!takeFocus) return;
  panel.scrollIntoView({ block: "nearest" });
  // Not on a button inside: Enter would press it.
  panel.tabIndex = -1;
  (panel.querySelector("textarea") ?? panel).focus({ preventScroll: true });
}

function toggle(target) {
  if (target instanceof HTMLDialogElement) {
    fillDialog(target);
    target.showModal();
  } else if (target.open && target.dataset.panel !== "reasons") {
    target.open = false;
  } else {
    open(target, target.matches(".panel"));
  }
}

function compare(area) {
  const node = area.parentElement.querySelector("[data-diff]");
  const changed = isChanged(area);
  node.hidden = !changed;
  if (changed) show(node, diff(judged(area), area.value, area.lang));
  fit(area);
}

function fit(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight + 2}px`;
}

function startEdit(form) {
  setMode(form, "edit");
  const all = areas(form);
  for (const area of all) area.closest("details").open = true;
  const flagged = all.find((area) => area.closest(".pair").querySelector(".flag--broken"));
  (flagged ?? all[0])?.focus();
}

function discardEdit(form) {
  for (const area of areas(form)) {
    area.value = judged(area);
    area.closest("details").open = false;
    compare(area);
  }
  setMode(form, "");
}

function closePanel(button) {
  const form = button.closest("form");
  const panel = button.closest("details");
  panel.open = false;
  if (form.dataset.mode === "edit") return;
  setMode(form, areas(form).some(isChanged) ? "edit" : "");
}

function onClick(event) {
  const button = event.target.closest("[data-mode-to], [data-opens], [data-closes]");
  if (!button) return;
  const form = button.closest("form") ?? document.querySelector("#bench form.bench");
  if ("modeTo" in button.dataset) {
    if (button.dataset.modeTo === "edit") startEdit(form);
    else if (button.dataset.modeTo === "") discardEdit(form);
    else setMode(form, button.dataset.modeTo);
  } else if ("closes" in button.dataset) closePanel(button);
  else toggle(document.getElementById(button.dataset.opens));
}

function onDoubleClick(event) {
  const target = event.target.closest(".pair__target > .text")?.parentElement;
  if (!target) return;
  target.querySelector("details.edit").open = true;
  target.querySelector("textarea").focus();
}

function onChange(event) {
  const box = event.target;
  if (box.name !== "tags" || !box.checked) return;
  for (const other of box.form.querySelectorAll("[name=tags]:checked")) {
    if (other !== box && ("alone" in box.dataset || "alone" in other.dataset)) {
      other.checked = false;
      other.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

function onToggle(event) {
  const details = event.target;
  if (!details.matches?.("details.edit")) return;
  details.closest(".pair").classList.toggle("is-editing", details.open);
  const form = details.closest("form");
  if (details.open && form.dataset.mode === "") setMode(form, "edit");
  if (details.open) fit(details.querySelector("textarea"));
}

// Keys that are more than a click: reasons that submit, words waiting for a mark, the second press of T.
function before(event, code) {
  const form = document.querySelector("#bench form.bench");
  if (!form) return false;
  if (code === "Escape") return escape(form);
  if (code === "Enter" && event.target.matches("input")) return submitMode(form);
  const radio = form.querySelector(`[name=reason][data-key="${code}"]:not(:disabled)`);
  if (radio && form.dataset.mode) return pickReason(form, code);
  if (code.startsWith("Digit")) {
    const tag = form.querySelector(`[name=tags][data-key="${code}"]`)?.value;
    if (tag && marker?.mark(tag)) return true;
  }
  const toggled = form.querySelector(`[data-toggles][data-key="${code}"]`);
  if (toggled?.checked) {
    form.querySelector(`[name="${toggled.name}"]:not([data-toggles])`).checked = true;
    return true;
  }
  return false;
}

function escape(form) {
  const opened = [...document.querySelectorAll("details.panel[open]")]
    .sort((a, b) => Number(b.dataset.openedAt) - Number(a.dataset.openedAt));
  const panel = opened.find((each) => each.id !== "reasons" || form.dataset.mode !== "edit");
  if (!panel) return false;
  if (panel.id === "reasons") closePanel(panel.querySelector("[data-closes]"));
  else panel.open = false;
  return true;
}

function pickReason(form, code) {
  const other = [...document.querySelectorAll("details.panel[open]:not(#reasons)")]
    .some((panel) => panel.querySelector(`[data-key="${code}"]`));
  if (other) return false;
  const radio = [...form.querySelectorAll(`[name=reason][data-key="${code}"]`)].find(isVisible);
  if (!radio) return false;
  radio.checked = true;
  if (form.dataset.mode === "edit") return true;
  if (radio.dataset.submits === "note" && !form.elements.note.value.trim()) open(form.querySelector("#note"));
  else submitMode(form);
  return true;
}

function submitMode(form) {
  [...form.querySelectorAll("[data-submit]")].find(isVisible)?.click();
  return true;
}

function missing(form, verdict) {
  if (verdict === "edit" && !areas(form).some(isChanged)) return "unchanged";
  if (["reject", "cannot_translate"].includes(verdict) && !form.querySelector("[name=reason]:checked")) {
    return "choose-reason";
  }
  if (form.id === "sensitivity" && !form.querySelector("[name=tags]:checked")) return "choose-knowledge";
  return "";
}

// What was not touched is not sent, and so cannot be changed on the way.
function onSend({ detail }) {
  const form = detail.elt;
  detail.parameters.csrfmiddlewaretoken = token();
  for (const area of areas(form)) if (!isChanged(area)) delete detail.parameters[area.name];
  if (detail.parameters.active_ms !== undefined) detail.parameters.active_ms = String(take());
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("#bench form.bench")) return;
  const phrase = missing(form, event.submitter?.value);
  if (!phrase) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(phrase);
}

function onAnswerRefused({ detail }) {
  say(detail.xhr.status === 401 ? "signed-out" : "refused");
}

function prepare() {
  const bench = document.getElementById("bench");
  if (!bench) return;
  const form = bench.querySelector("form.bench");
  marker = form.id === "sensitivity" ? attach(form) : null;
  for (const area of areas(form)) {
    const details = area.closest("details");
    details.closest(".pair").classList.toggle("is-editing", details.open);
    compare(area);
  }
  for (const panel of bench.querySelectorAll("details.panel[open]")) panel.dataset.openedAt = String(order += 1);
  const help = bench.querySelector("#help");
  if (help) rememberHelp(help);
  relabel(bench);
  // What else an item has hears of it here: every module is told of each new item once.
  document.dispatchEvent(new CustomEvent("bench:ready", { detail: { bench, form } }));
}

function rememberHelp(help) {
  const kept = localStorage.getItem("isogloss.help");
  help.open = kept ? kept === "open" : matchMedia("(min-width: 64rem)").matches;
  help.addEventListener("toggle", () => localStorage.setItem("isogloss.help", help.open ? "open" : "closed"));
}

function onSwap({ detail }) {
  if (detail.target.id !== "bench" && detail.elt.id !== "bench") return;
  rest();
  take();
  prepare();
  scrollTo({ top: 0 });
  document.querySelector("[data-focus-first]")?.focus({ preventScroll: true });
}

document.addEventListener("click", onClick);
document.addEventListener("dblclick", onDoubleClick);
document.addEventListener("change", onChange);
document.addEventListener("toggle", onToggle, true);
document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-original]")) compare(event.target);
});
// Before htmx, whose own listener sits on the form.
document.addEventListener("submit", onSubmit, true);
document.addEventListener("htmx:configRequest", onSend);
document.addEventListener("htmx:beforeRequest", hush);
document.addEventListener("htmx:afterSwap", onSwap);
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => say("offline"));
}
document.addEventListener("htmx:responseError", onAnswerRefused);
listen({ before });
startPresence();
prepare();
