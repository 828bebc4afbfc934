// The live part: a leaf's number is changed, or all of them follow the gradient, and the page computes everything anew.

import { byId, make } from "./dom.mjs";
import { nameOf } from "./names.mjs";
import { asNumber, format } from "./numbers.mjs";
import { data, grad, leaves, listen, now, paint, say, select, state, value } from "./state.mjs";
import { computed } from "./unpack.mjs";

const MOST = 600; // points of the curve
const live = { leaf: leaves[0], losses: [], timer: null };

listen("select", (key) => { if (data.nodes[key].kind !== "operation") live.leaf = key; });

export const numbersNow = () => now().values.map(asNumber);

// Leaves and their new numbers, in pairs.
export function setLeaves(changes) {
  if (!changes.every(([, x]) => Number.isFinite(x))) return;
  halt();
  live.losses = [];
  const numbers = numbersNow();
  changes.forEach(([key, x]) => { numbers[key] = x; });
  state.edited = computed(data, numbers);
  paint();
}

// -- gradient descent ------------------------------------------------------------------------------------------------

// Every number that wants a gradient goes against it, as far as the rate says.
function descend() {
  const rate = Number(byId("rate").value);
  const wants = (key) => data.nodes[key].kind === "parameter" && grad(key) !== null;
  if (!live.losses.length) live.losses.push(asNumber(value(data.root)));
  state.edited = computed(data, numbersNow().map((x, key) => (wants(key) ? x - rate * asNumber(grad(key)) : x)));
  live.losses.push(asNumber(value(data.root)));
  paint();
  if (!Number.isFinite(live.losses.at(-1))) halt();
}

function halt() {
  if (live.timer === null) return;
  clearInterval(live.timer);
  live.timer = null;
  say(progressWords());
  paintLive();
}

function run() {
  if (live.timer !== null) return halt();
  live.timer = setInterval(descend, 40);
  descend();
}

export function reset() {
  halt();
  live.losses = [];
  state.edited = null;
}

// -- what it looks like ----------------------------------------------------------------------------------------------

const progressWords = () => {
  const steps = live.losses.length - 1;
  return steps < 1 ? "" : `${steps} step${steps === 1 ? "" : "s"}: ${nameOf(data.root) ?? "result"} = ${format(value(data.root))}`;
};

function leafWords(key) {
  const { kind } = data.nodes[key];
  return nameOf(key) ?? `${kind} ${format(now().values[key])}`;
}

export function paintLive() {
  if (data.still) return;
  const x = asNumber(value(live.leaf));
  const [drag, number] = [byId("drag"), byId("number")];
  byId("leaf").value = live.leaf;
  const first = asNumber(data.snapshots[state.moment].values[live.leaf]);
  const reach = Math.max(3 * Math.max(1, Math.abs(first)), Math.abs(x - first));
  drag.min = first - reach;
  drag.max = first + reach;
  drag.value = x;
  if (document.activeElement !== number) number.value = Number(x.toPrecision(6));
  byId("run").textContent = live.timer === null ? "Run" : "Pause";
  byId("reset").disabled = state.edited === null;
  byId("progress").textContent = progressWords();
  paintCurve();
}

function paintCurve() {
  const every = Math.ceil(live.losses.length / MOST);
  drawCurve(byId("curve"), live.losses.filter((_, i) => i % every === 0));
}

// A line through numbers, 300 wide and 60 high; what is not finite is left out.
export function drawCurve(svg, numbers) {
  const finite = numbers.filter(Number.isFinite);
  svg.toggleAttribute("hidden", finite.length < 2);
  if (finite.length < 2) return;
  const [low, high] = [Math.min(0, ...finite), Math.max(...finite)];
  const height = (x) => 58 - 56 * (high > low ? (x - low) / (high - low) : 0);
  const points = numbers.map((x, i) => (Number.isFinite(x) ? `${(300 * i) / (numbers.length - 1)},${height(x)}` : ""));
  svg.querySelector("polyline").setAttribute("points", points.filter(Boolean).join(" "));
  svg.setAttribute("aria-label", `Loss curve from ${format(finite[0])} to ${format(finite.at(-1))}`);
}

export function prepareLive() {
  byId("still").textContent = `Not live: ${data.still}.`;
  byId("still").hidden = !data.still;
  byId("controls").hidden = Boolean(data.still);
  if (data.still) return;
  byId("leaf").append(...leaves.map((key) => make("option", { value: key }, leafWords(key))));
  byId("leaf").addEventListener("change", (event) => {
    live.leaf = Number(event.target.value);
    if (data.nodes[state.key].kind !== "operation") select(live.leaf);
    else paintLive();
  });
  for (const id of ["drag", "number"]) {
    byId(id).addEventListener("input", (event) => setLeaves([[live.leaf, event.target.valueAsNumber]]));
  }
  byId("number").addEventListener("blur", paintLive);
  const trains = data.nodes.some((node) => node.kind === "parameter");
  for (const [id, action] of [["descend", () => { halt(); descend(); }], ["run", run], ["reset", () => { reset(); paint(); }]]) {
    byId(id).addEventListener("click", action);
    byId(id).disabled = !trains;
  }
}
