// Of a graph of two data inputs: the selected number over their plane, and where on it the program is.

import { CIVIDIS, css, mix } from "./colours.mjs";
import { byId } from "./dom.mjs";
import { forwardPass } from "./engine.mjs";
import { numbersNow, setLeaves } from "./live.mjs";
import { known, nameOf } from "./names.mjs";
import { asNumber, format } from "./numbers.mjs";
import { data, leaves, state, value } from "./state.mjs";

const SIDE = 32; // squares along each axis
const axes = leaves.filter((key) => data.nodes[key].kind === "input" && nameOf(key) !== null);
const hasPlane = !data.still && axes.length === 2;

// What is painted: the selected number if it is computed, otherwise the result.
const painted = () => (data.nodes[state.key].kind === "operation" ? state.key : data.root);

// Each axis goes from -reach to reach, so that all that the program was run on is well inside.
const reach = hasPlane ? axes.map((key) => 2 * Math.max(1, Math.abs(asNumber(data.snapshots[0].values[key])))) : [];
const along = (axis, t) => reach[axis] * (2 * t - 1);

function overPlane(key) {
  const numbers = numbersNow();
  const found = [];
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      numbers[axes[0]] = along(0, (column + 0.5) / SIDE);
      numbers[axes[1]] = along(1, 1 - (row + 0.5) / SIDE);
      found.push(forwardPass(data, numbers)[key]);
    }
  }
  return found;
}

export function paintPlane() {
  if (!hasPlane || !byId("plane").open) return;
  const found = overPlane(painted());
  const finite = found.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const pen = byId("squares").getContext("2d");
  const side = byId("squares").width / SIDE;
  found.forEach((x, i) => {
    pen.fillStyle = Number.isFinite(x) ? css(mix(CIVIDIS, high > low ? (x - low) / (high - low) : 0.5)) : "#d4008f";
    pen.fillRect(side * (i % SIDE), side * Math.floor(i / SIDE), side, side);
  });
  const [x, y] = axes.map((key, axis) => (asNumber(value(key)) / reach[axis] + 1) / 2);
  pen.lineWidth = 3;
  pen.strokeStyle = "#ffffff";
  pen.fillStyle = "#d55e00";
  pen.beginPath();
  pen.arc(x * SIDE * side, (1 - y) * SIDE * side, 6, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
  const words = `${known(painted())}: ${format(low, 3)} (dark) to ${format(high, 3)} (light)`;
  byId("over").textContent = words;
  byId("squares").setAttribute("aria-label", `${words}, over ${axes.map(nameOf).join(" and ")}`);
}

export function preparePlane() {
  byId("plane").hidden = !hasPlane;
  if (!hasPlane) return;
  byId("plane").addEventListener("toggle", paintPlane);
  byId("axes").textContent = `Over ${nameOf(axes[0])} (→, ±${format(reach[0])}) and ${nameOf(axes[1])} (↑, ±${format(reach[1])})`;
  byId("squares").addEventListener("click", (event) => {
    const { left, top, width, height } = event.target.getBoundingClientRect();
    setLeaves([[axes[0], along(0, (event.clientX - left) / width)], [axes[1], along(1, 1 - (event.clientY - top) / height)]]);
  });
}
