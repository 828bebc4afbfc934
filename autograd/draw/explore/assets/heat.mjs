// An array as a grid of colours: blue below zero, orange above, the same distance the same strength.

import { colourOf, DIVERGING, isLight } from "./colours.mjs";
import { make, svg } from "./dom.mjs";
import { asNumber, fitted, format, place, shapeOf } from "./numbers.mjs";

export function heatMap(array, title, cell, choose) {
  const { rows, cols, cells, block, stats } = array;
  const largest = Math.max(...cells.map((x) => Math.abs(asNumber(x))).filter(Number.isFinite), 0);
  const picture = svg("svg", {
    viewBox: `0 0 ${cols} ${rows}`, class: "heat", preserveAspectRatio: "none", role: "application", tabindex: 0,
  });
  picture.style.aspectRatio = `${cols} / ${rows}`;
  const written = rows <= 8 && cols <= 8; // the numbers have room in their cells
  picture.style.maxWidth = `${Math.min(cols * (written ? 44 : 28), 340)}px`;
  const whole = block[0] === 1 && block[1] === 1;
  const where = (i) => `[${place(array.shape, i).join(", ")}]`;
  cells.forEach((x, i) => picture.append(square(`${title}-${i}`, i, cols, colourOf(x, largest), i === cell)));
  if (written) picture.append(...cells.map((x, i) => numberIn(i, cols, x, largest)));
  const words = `${title}, ${shapeOf(array)}: ${format(array)}. Zeros: ${stats.zero}.`;
  const said = make("figcaption", { "aria-live": "polite" });
  const say = (i) => {
    picture.setAttribute("aria-label", `${words}${i === null ? "" : ` Element ${where(i)} is ${format(cells[i], 6)}.`}`);
    said.textContent = i === null ? "" : `${where(i)} = ${format(cells[i], 6)}`;
  };
  say(whole ? cell : null);
  if (whole) {
    picture.addEventListener("click", (event) => {
      const { left, top, width, height } = picture.getBoundingClientRect();
      const row = Math.min(rows - 1, Math.floor(((event.clientY - top) / height) * rows));
      const column = Math.min(cols - 1, Math.floor(((event.clientX - left) / width) * cols));
      choose(row * cols + column);
    });
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -cols, ArrowDown: cols }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      choose(cell === null ? 0 : Math.min(Math.max(cell + step, 0), cells.length - 1));
    });
  }
  const facts = ["min", "max", "mean"].map((name) => `${name} ${format(stats[name])}`);
  facts.push(`${stats.zero} zero`, `${stats.nan} NaN`, `${stats.inf} infinite`);
  const note = whole ? "" : ` Each cell is the largest of ${block[0]} × ${block[1]} numbers.`;
  const caption = make("p", { class: "facts" }, (stats.finite ? facts : facts.slice(3)).join(" · ") + "." + note);
  const label = make("div", { class: "label" }, `${title}, ${shapeOf(array)} ${array.dtype}`);
  return make("figure", { "data-heat": title }, label, picture, scaleOf(largest), said, caption);
}

// What the colours mean: from as far below zero to as far above as the largest number is.
function scaleOf(largest) {
  const bar = make("i", { class: "scale", "aria-hidden": "true" });
  bar.style.background = `linear-gradient(to right, ${DIVERGING.join(",")})`;
  return make("div", { class: "facts" }, `${format(-largest, 3)} `, bar, ` ${format(largest, 3)}`);
}

function square(id, i, cols, fill, chosen) {
  const column = i % cols;
  const rect = svg("rect", { id: `cell-${id}`, x: column, y: (i - column) / cols, width: 1, height: 1 });
  rect.style.fill = fill;
  if (chosen) rect.setAttribute("class", "chosen");
  return rect;
}

function numberIn(i, cols, x, largest) {
  const column = i % cols;
  const shade = isLight(x, largest) ? "dark" : "light";
  return svg("text", { x: column + 0.5, y: (i - column) / cols + 0.5, class: shade }, fitted(x, 5));
}
