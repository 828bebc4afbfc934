// What is shown, and what it says of each node. Whoever changes it tells; who draws listens.

import { asNumber, isArray } from "./numbers.mjs";
import { arrived, outline } from "./passes.mjs";
import { RULES } from "./rules.mjs";
import { unpack } from "./unpack.mjs";

export const data = unpack(JSON.parse(document.getElementById("data").textContent), RULES);
const line = outline(data);
export const users = line.users;
export const terms = line.terms;
export const order = line.order;
export const ahead = line.ahead;
const madeAt = line.madeAt;
export const leaves = data.nodes.flatMap((node, key) => (node.kind === "operation" ? [] : [key]));

export const state = {
  key: data.root, step: data.steps.length, walking: false, moment: 0, compare: null,
  edited: null, colour: "kind", cell: null, folded: new Set(), found: new Set(),
};

const listeners = { paint: [], select: [], say: [] };
export const listen = (to, act) => listeners[to].push(act);
const tell = (what, ...facts) => listeners[what].forEach((act) => act(...facts));
export const select = (key, focus = false) => tell("select", key, focus);
export const paint = () => tell("paint");
export const say = (words) => tell("say", words);

export const now = () => state.edited ?? data.snapshots[state.moment];
export const other = () => (state.compare === null ? null : data.snapshots[state.compare]);
export const value = (key) => now().values[key];
export const grad = (key) => now().grads[key];
export const contribution = (user, i) => now().terms[user][i].product ?? grad(data.nodes[user].inputs[i]);

// Whether the forward pass, if it is on its way, has come to a node.
export const isThere = (key) => state.step >= 0 || !(key in madeAt) || madeAt[key] < ahead.length + state.step;

// Whether all of a node's gradient is there.
export const hasGradient = (key) => state.step >= 0 && (!state.walking || progress(key) === "done");

// The operation of the step that is shown; null at the start of a pass.
export function current() {
  if (!state.walking || state.step === 0) return null;
  return (state.step > 0 ? data.steps[state.step - 1] : ahead[ahead.length + state.step - 1]) ?? null;
}

// How far a node's gradient has come: "waiting", "partial" or "done"; while the forward pass goes on, its value.
export function progress(key) {
  if (state.step < 0) return isThere(key) ? "done" : "waiting";
  if (grad(key) === null || key === data.root) return "done";
  const count = arrived(terms[key], order, state.step);
  return count === terms[key].length ? "done" : count ? "partial" : "waiting";
}

export function soFar(key) {
  if (hasGradient(key)) return grad(key);
  if (state.step < 0) return null;
  const count = arrived(terms[key], order, state.step);
  if (!count) return null;
  const parts = terms[key].slice(0, count).map(({ user, i }) => contribution(user, i));
  return isArray(parts[0]) ? parts[count - 1] : parts.map(asNumber).reduce((a, b) => a + b);
}
