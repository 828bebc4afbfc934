// The picture: marking its parts, colouring them, and the numbers that change.

function describe(key) {
  const node = data.nodes[key];
  const name = view.modules.has(key) ? [data.calls[node.calls[view.n - 1]].label, "folded module"] : [node.title, node.sub, node.kind];
  const words = [...name, `value ${isThere(key) ? format(value(key)) : "not yet"}`];
  if (grad(key) !== null) words.push(`gradient ${format(soFar(key)) || "not yet"}`);
  return words.filter(Boolean).join(", ");
}

// -- marks and colours -----------------------------------------------------------------------------------------------

function paintGraph() {
  const measured = state.colour === "kind" ? [] : data.nodes.map((_, key) => size(measure(key)));
  const known = measured.filter((x) => x !== null && Number.isFinite(x) && x > 0).map(Math.log10);
  const [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
  const [now, chosen] = [current() === null ? null : shown(current()), shown(state.key)];
  const found = new Set([...state.found].map(shown));
  eachShape((shape, key) => {
    const reached = progress(key);
    for (const mark of ["waiting", "partial"]) shape.classList.toggle(mark, state.walking && reached === mark);
    shape.classList.toggle("current", key === now);
    shape.classList.toggle("selected", key === chosen);
    shape.classList.toggle("found", found.has(key));
    shape.setAttribute("aria-label", describe(key));
    shape.setAttribute("aria-current", key === chosen ? "true" : "false");
    shape.setAttribute("tabindex", key === chosen ? "0" : "-1");
    paintNode(key, measured[key], low, high);
    showNumbers(key, reached);
  });
  view.edges.forEach((into, key) => into.forEach((edge, i) => {
    edge.classList.toggle("lit", key === now && (view.n > 0 || state.step < 0 || data.nodes[key].rules[i] !== null));
  }));
  paintLegend(known.length > 0, low, high);
}

function paintNode(key, measured, low, high) {
  let rgb = null;
  let mark = "";
  if (measured !== undefined && measured !== null) {
    if (Number.isNaN(measured)) mark = "nan";
    else if (measured === Infinity) mark = "infinite";
    else if (measured === 0) mark = "zero";
    else rgb = mix(CIVIDIS, high > low ? (Math.log10(measured) - low) / (high - low) : 0.5);
  }
  const shape = view.shapes[key];
  for (const name of ["nan", "infinite", "zero"]) shape.classList.toggle(name, mark === name);
  shape.classList.toggle("dead", isDead(key) && state.colour !== "kind");
  shape.classList.toggle("coloured", rgb !== null);
  shape.classList.toggle("deep", rgb !== null && isDark(rgb));
  view.outlines[key].style.fill = rgb ? css(rgb) : "";
}

// A ReLU that lets nothing through.
function isDead(key) {
  const x = value(key);
  return data.nodes[key].op === "relu" && size(x) === 0;
}

// A number in as many digits as the box, which was drawn for another, has room for.
function fitted(x, room) {
  if (typeof x === "string") return x;
  const texts = [4, 3, 2, 1].map((digits) => format(x, digits));
  return texts.find((text) => text.length <= room) ?? Number(x).toExponential(0).replaceAll("-", "−");
}

// The numbers in a node's box: as they were drawn, unless the page shows another moment or a pass on its way.
function showNumbers(key, reached) {
  const as = (word, x) => {
    const field = view.fields[key][word];
    const mean = view.fields[key][`${word} mean`];
    const words = x === null || x === undefined ? "…" : isArray(x) ? format(x, 3).split(", mean ")[0] : fitted(x, Math.max(field?.first.length ?? 0, 6));
    if (field) field.text.textContent = x === undefined ? field.first : words;
    if (mean) mean.text.textContent = x === undefined ? mean.first : isArray(x) ? format(x.stats.mean ?? "nan", 3) : "…";
  };
  const other = state.moment > 0 || state.edited !== null; // than the picture was drawn with
  as("value", !isThere(key) ? null : other ? value(key) : undefined);
  if (view.fields[key].grad) as("grad", !hasGradient(key) ? soFar(key) : other ? grad(key) : undefined);
}

function paintLegend(measured, low, high) {
  const legend = document.getElementById("legend");
  const entry = (kind, words) => make("span", {}, swatch(kind), words);
  const kinds = {
    parameter: "wants a gradient", input: "data", constant: "constant", operation: "computed",
    module: "folded module", omitted: "left out",
  };
  const present = new Set(data.nodes.map((node) => node.kind));
  if (view.modules.size) present.add("module");
  const parts = Object.entries(kinds).filter(([kind]) => present.has(kind)).map(([kind, words]) => entry(kind, words));
  if (state.colour !== "kind") {
    parts.length = 0;
    const title = { grad: "|gradient|", value: "|value|", change: "|change|" }[state.colour];
    if (measured) {
      const bar = make("i", { class: "scale", "aria-hidden": "true" });
      bar.style.background = `linear-gradient(to right, ${CIVIDIS.join(",")})`;
      const words = `${title}, the largest of each node, on a log scale: ${format(10 ** low, 2)} `;
      parts.push(make("span", {}, words, bar, ` ${format(10 ** high, 2)}`));
    } else parts.push(make("span", {}, `${title}: nothing to measure`));
    parts.push(entry("zero", "exactly 0"), entry("nan", "NaN"), entry("infinite", "infinite"), entry("dead", "dead ReLU"));
  }
  legend.replaceChildren(...parts);
}
