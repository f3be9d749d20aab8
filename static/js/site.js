// Every page: texts set side by side are compared word by word.

import { compareAll } from "./diff.js";

compareAll();
document.addEventListener("htmx:load", (event) => compareAll(event.target));
