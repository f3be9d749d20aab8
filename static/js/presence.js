// Time somebody really spent on an item, and the sign of life that keeps it theirs.

import { say, token } from "./page.js";

const IDLE_MS = 60_000;
const BEAT_MS = 60_000;

let active = 0;
let lastSign = performance.now();
let lastTick = performance.now();

export function start() {
  for (const kind of ["pointerdown", "pointermove", "keydown", "scroll", "focusin"]) {
    addEventListener(kind, () => { lastSign = performance.now(); }, { passive: true, capture: true });
  }
  setInterval(tick, 1000);
  setInterval(beat, BEAT_MS);
}

function tick() {
  const now = performance.now();
  if (document.visibilityState === "visible" && now - lastSign < IDLE_MS) active += now - lastTick;
  lastTick = now;
}

// What was counted since the last beat or item; counting starts again.
export function take() {
  tick();
  const counted = Math.round(active);
  active = 0;
  return counted;
}

async function beat() {
  const address = document.getElementById("bench")?.dataset.heartbeat;
  // An idle page keeps nobody waiting: the lease runs out.
  if (!address || active === 0) return;
  const counted = take();
  const body = new URLSearchParams({ active_ms: String(counted), csrfmiddlewaretoken: token() });
  try {
    const answer = await fetch(address, { method: "POST", body, redirect: "manual" });
    if (answer.status === 409) say("lease-lost");
    if (answer.type === "opaqueredirect" || answer.status === 401) say("signed-out");
  } catch {
    active += counted;
  }
}
