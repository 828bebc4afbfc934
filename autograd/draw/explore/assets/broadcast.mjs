// A picture of broadcasting: the array, and its copies along the axes that were stretched; the way back sums them up again.

import { make, svg } from "./dom.mjs";
import { nameOf } from "./names.mjs";
import { isArray, shapeOf } from "./numbers.mjs";
import { axesOf, axesWords } from "./shapes.mjs";
import { data, value } from "./state.mjs";

const SIDE = 15; // of a square that stands for an element
const MOST = [5, 6]; // rows and columns that are drawn

const shape = (key) => (isArray(value(key)) ? value(key).shape : []);

export function broadcast(user, i, back) {
  const source = data.nodes[user].inputs[i];
  const axes = axesOf(shape(source), shape(user));
  const [from, to] = [shapeOf(value(source)), shapeOf(value(user))];
  const name = nameOf(source) ?? "It";
  const words = `${name} (${from}) was stretched along ${axesWords(axes)} to ${to}`;
  const text = back ? `${words}: each element was used for several, so what comes back is summed over ${axesWords(axes)}.` : `${words}.`;
  const parts = [make("p", { class: "about" }, text), axesTable(axes, from === "scalar")];
  if (axes.length <= 2) parts.splice(1, 0, picture(axes, back, `${words}${back ? ", and summed on the way back" : ""}`));
  return make("div", { class: "broadcast" }, ...parts);
}

function axesTable(axes, scalar) {
  const row = (word, cells) => make("tr", {}, make("th", { scope: "row" }, word), ...cells.map((cell) => make("td", {}, cell)));
  const own = (one) => (one.own === null ? "–" : String(one.own));
  return make("table", {},
    row("axis", axes.map((one) => String(one.axis))),
    row(scalar ? "a scalar has" : "it has", axes.map(own)),
    row("the result has", axes.map((one) => String(one.length))),
    row("", axes.map((one) => (one.stretched ? `× ${one.length}` : "same"))));
}

// Squares for the array, an arrow, and squares for the result, in which the copies are pale.
function picture(axes, back, words) {
  const [rows, columns] = axes.length === 2 ? axes : [{ own: 1, length: 1, stretched: false }, axes[0]];
  const count = (one, which, most) => Math.min(one[which] ?? 1, most);
  const left = [count(rows, "own", MOST[0]), count(columns, "own", MOST[1])];
  const right = [count(rows, "length", MOST[0]), count(columns, "length", MOST[1])];
  const gap = 46;
  const start = left[1] * SIDE + gap;
  const [width, height] = [start + right[1] * SIDE + 16, Math.max(left[0], right[0]) * SIDE + 16];
  const isCopy = (row, column) => (rows.stretched && row > 0) || (columns.stretched && column > 0);
  const squares = (x, [down, across], pale) => Array.from({ length: down * across }, (_, n) => {
    const [row, column] = [Math.floor(n / across), n % across];
    const kind = pale && isCopy(row, column) ? "copy" : "own";
    return svg("rect", { class: kind, x: x + column * SIDE + 1, y: row * SIDE + 1, width: SIDE - 3, height: SIDE - 3, rx: 2 });
  });
  const middle = (Math.max(left[0], right[0]) * SIDE) / 2;
  const [tail, tip] = back ? [start - 8, start - gap + 8] : [start - gap + 8, start - 8];
  const head = back ? 6 : -6;
  const arrow = svg("path", { class: "way", d: `M${tail},${middle}H${tip}m${head},-4l${-head},4l${head},4` });
  const sign = back ? [svg("text", { x: start - gap / 2, y: middle - 5 }, "Σ")] : [];
  const more = [rows.length > MOST[0] ? svg("text", { x: start + (right[1] * SIDE) / 2, y: height - 3 }, "⋮") : null,
    columns.length > MOST[1] ? svg("text", { x: width - 7, y: middle + 3 }, "…") : null].filter(Boolean);
  return svg("svg", { class: "stretch", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": words },
    ...squares(0, left, false), ...squares(start, right, true), arrow, ...sign, ...more);
}
