// The page of one task in review: keys, and what is said when sending fails.

import { fillDialog, listen, relabel, rest } from "./keys.js";
import { hush, say, token } from "./page.js";

const form = () => document.getElementById("settle");

// A key chooses a decision and goes on to what it still needs: the text, or the reason.
function before(_event, code) {
  const radio = form()?.querySelector(`[name=decision][data-key="${code}"]`);
  if (!radio) return false;
  radio.checked = true;
  form().querySelector(radio.value === "write" ? ".settle__texts textarea" : "#reason").focus();
  return true;
}

function prepare() {
  const bench = document.getElementById("bench");
  if (bench) relabel(bench);
}

function onClick(event) {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!(dialog instanceof HTMLDialogElement)) return;
  fillDialog(dialog);
  dialog.showModal();
}

function onSwap() {
  rest();
  prepare();
  scrollTo({ top: 0 });
  document.querySelector("[data-focus-first]")?.focus({ preventScroll: true });
}

document.addEventListener("click", onClick);
document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.parameters.csrfmiddlewaretoken = token();
});
document.addEventListener("htmx:beforeRequest", hush);
document.addEventListener("htmx:afterSwap", onSwap);
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => say("offline"));
}
document.addEventListener("htmx:responseError", ({ detail }) => {
  say(detail.xhr.status === 401 ? "signed-out" : "refused");
});
listen({ before });
prepare();
