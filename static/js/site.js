// Every page: texts set side by side are compared word by word, and the switch of languages comes back here.

import { compareAll } from "./diff.js";

compareAll();
document.addEventListener("htmx:load", (event) => compareAll(event.target));
// The address may have moved on since the page was loaded.
document.addEventListener("submit", ({ target }) => {
  const here = target.querySelector("[data-here]");
  if (here) here.value = location.pathname + location.search;
}, true);
