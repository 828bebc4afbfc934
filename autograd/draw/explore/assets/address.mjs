// The address of the page says which step and moment are shown, where the page has an address of its own.

import { state } from "./state.mjs";

let timer = null;

// Not at once: a browser takes as long for an address as for a step, and wants few of them.
export function remember() {
  if (!["file:", "http:", "https:"].includes(location.protocol)) return;
  clearTimeout(timer);
  timer = setTimeout(write, 100);
}

function write() {
  const parts = [state.walking ? `step=${state.step}` : "", state.moment ? `moment=${state.moment}` : ""].filter(Boolean);
  history.replaceState(null, "", `#${parts.join("&")}`);
}

// The step and the moment that are asked for; NaN for what is not.
export function asked() {
  const words = new URLSearchParams(location.hash.slice(1));
  return ["step", "moment"].map((word) => (words.has(word) ? Number(words.get(word)) : NaN));
}
