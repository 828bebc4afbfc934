// An array as a grid of colours: blue below zero, orange above, the same distance the same strength.

function heatMap(array, title, cell, choose) {
  const { rows, cols, cells, block, stats } = array;
  const largest = Math.max(...cells.map((x) => Math.abs(asNumber(x))).filter(Number.isFinite), 0);
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${cols} ${rows}`);
  picture.setAttribute("class", "heat");
  picture.style.aspectRatio = `${cols} / ${rows}`;
  const written = rows <= 8 && cols <= 8; // the numbers have room in their cells
  picture.style.maxWidth = `${Math.min(cols * (written ? 44 : 28), 340)}px`;
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("role", "application");
  picture.setAttribute("tabindex", "0");
  const whole = block[0] === 1 && block[1] === 1;
  const where = (i) => `[${place(array.shape, i).join(", ")}]`;
  cells.forEach((x, i) => picture.append(square(i, cols, colourOf(x, largest), i === cell)));
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
  return make("figure", { "data-heat": title }, label, picture, said, caption);
}

function square(i, cols, fill, chosen) {
  const rect = document.createElementNS(SVG, "rect");
  const column = i % cols;
  for (const [name, number] of Object.entries({ x: column, y: (i - column) / cols, width: 1, height: 1 })) rect.setAttribute(name, number);
  rect.style.fill = fill;
  if (chosen) rect.setAttribute("class", "chosen");
  return rect;
}

function numberIn(i, cols, x, largest) {
  const text = document.createElementNS(SVG, "text");
  const column = i % cols;
  text.setAttribute("x", column + 0.5);
  text.setAttribute("y", (i - column) / cols + 0.5);
  const number = asNumber(x);
  text.setAttribute("class", Number.isFinite(number) && !isDark(heatOf(number, largest)) ? "dark" : "light");
  text.textContent = fitted(x, 5);
  return text;
}

// As a colour: blue below zero, orange above.
const heatOf = (x, largest) => mix(DIVERGING, largest ? 0.5 + x / largest / 2 : 0.5);

function colourOf(x, largest) {
  const number = asNumber(x);
  if (Number.isNaN(number)) return "var(--nan)";
  if (!Number.isFinite(number)) return "var(--infinite)";
  return css(heatOf(number, largest));
}

// The index along each axis of the element that is number i in a row.
function place(shape, i) {
  const result = [];
  for (const n of [...shape].reverse()) {
    result.unshift(i % n);
    i = Math.floor(i / n);
  }
  return result;
}
