// What is said of the selected node: its numbers, where its gradient comes from, what it hands on.

const panel = document.getElementById("panel");
const swatch = (kind) => make("i", { class: `swatch ${kind}`, "aria-hidden": "true" });
const goTo = (key, words = known(key)) =>
  make("button", { class: "link", title: known(key), onclick: () => select(key, true) }, words);
const section = (title, ...content) => make("section", {}, make("h3", {}, title), ...content);

// What to call a node in a sentence: its name, its number, or its operation.
function known(key) {
  const node = data.nodes[key];
  if (node.kind === "constant") return format(value(key));
  return node.title === node.symbol ? `${node.title} ${node.sub}`.trim() : node.title;
}

function paintPanel() {
  const key = state.key;
  const node = data.nodes[key];
  const focus = document.activeElement?.closest?.("[data-heat]")?.dataset.heat;
  const open = panel.querySelector("details")?.open;
  const kind = node.sub || (node.title === node.kind ? "" : node.kind);
  const parts = [
    make("h2", {}, swatch(node.kind), node.title, make("small", {}, ` ${kind}`)),
    surroundings(key),
    numbersTable(key),
    heatMaps(key),
    ...whatHappens(key),
    chainOf(key),
    expression(key, open),
    node.line ? section("Line", make("pre", {}, `${node.line}\n${node.code}`)) : null,
    node.note ? make("p", { class: "note" }, node.note) : null,
  ];
  panel.replaceChildren(...parts.filter(Boolean));
  if (focus) panel.querySelector(`[data-heat="${focus}"] svg`)?.focus();
}

// Going forward how it is computed; going back where its gradient comes from, and of the step at work first what it does.
function whatHappens(key) {
  if (state.step < 0) return [computation(key)];
  return key === current() ? [handsOn(key), origin(key)] : [origin(key), handsOn(key)];
}

function surroundings(key) {
  const node = data.nodes[key];
  const row = (words, keys) => (keys.length ? make("p", { class: "near" }, words, ...keys.map((k) => goTo(k))) : null);
  const calls = node.calls.map((call) => data.calls[call].label).join(" › ");
  const [sources, uses] = [new Set(node.inputs), new Set(users[key])];
  return make("div", {},
    calls ? make("p", { class: "near" }, calls) : null,
    row("computed from ", [...sources]),
    row("used by ", [...uses]));
}

function numbersTable(key) {
  const row = (word, now, then) => {
    const cells = [make("th", { scope: "row" }, word), number(now)];
    if (state.compare !== null) cells.push(number(then), make("td", { class: "change" }, change(now, then)));
    return make("tr", {}, ...cells);
  };
  const digits = state.compare === null ? 6 : 4;
  const number = (x) => make("td", { title: typeof x === "number" ? String(x) : false }, format(x, digits) || "not yet");
  const titles = state.compare === null ? [] : [now().label, then().label, "difference"];
  const head = make("tr", {}, make("td"), ...titles.map((words) => make("th", { scope: "col" }, words)));
  const rows = [
    make("tr", {}, make("th", { scope: "row" }, "shape"), make("td", {}, shapeOf(value(key)))),
    row("value", isThere(key) ? value(key) : null, then()?.values[key]),
  ];
  if (grad(key) !== null) {
    rows.push(row(hasGradient(key) ? "gradient" : "gradient so far", soFar(key), then()?.grads[key]));
  }
  return make("table", {}, titles.length ? head : null, ...rows);
}

function change(now, then) {
  if (isArray(now) && isArray(then)) {
    const apart = now.cells.map((x, i) => Math.abs(asNumber(then.cells[i]) - asNumber(x))).filter(Number.isFinite);
    return apart.length ? `at most ${format(Math.max(...apart))}` : "";
  }
  return format(asNumber(then) - asNumber(now));
}

function heatMaps(key) {
  const maps = [["value", isThere(key) ? value(key) : null], ["gradient", hasGradient(key) ? grad(key) : null]];
  const shown = maps.filter(([, x]) => isArray(x) && x.cells.length);
  if (!shown.length) return null;
  const choose = (shape) => (index) => {
    state.cell = { shape: String(shape), index };
    paintPanel();
  };
  return make("div", {}, ...shown.map(([title, x]) => heatMap(x, title, elementIn(x), choose(x.shape))));
}

// The selected element, if this array has the shape of the one in which it was selected.
const elementIn = (x) => (isArray(x) && state.cell?.shape === String(x.shape) ? state.cell.index : null);

// An operation with the numbers of its inputs put in.
function computation(key) {
  const { inputs, op, symbol } = data.nodes[key];
  if (!inputs.length || !isThere(key)) return null;
  const numbers = inputs.map((source) => format(value(source), 6));
  const written = BINDING[op] ? numbers.join(` ${symbol} `) : `${op}(${numbers.join(", ")})`;
  return section("How it is computed", make("p", { class: "code" }, `${written} = ${format(value(key), 6)}`));
}

// -- the chain rule --------------------------------------------------------------------------------------------------

function origin(key) {
  const arriving = terms[key];
  if (key === data.root) {
    const sum = "The pass begins here, with 1 for each element: the gradients are those of the sum.";
    const words = isArray(value(key)) ? sum : "The pass begins here: ∂out/∂out = 1.";
    return section("Where its gradient comes from", make("p", {}, words));
  }
  if (!arriving.length) return null;
  const list = make("ol", { class: "terms" });
  let total = null;
  for (const { user, i } of arriving) {
    const arrived = !state.walking || order[user] < state.step;
    const item = termItem("from ", user, arrived, user, i);
    const sum = arrived ? sumOf(user, i, isArray(grad(key)) ? elementIn(grad(key)) : 0) : null;
    if (sum) item.append(sum);
    const added = contribution(user, i);
    if (arrived && arriving.length > 1 && !isArray(added)) {
      const before = total;
      total = (total ?? 0) + asNumber(added);
      const sum = before === null ? "" : `${format(before, 6)} + ${format(added, 6)} = `;
      item.append(make("div", { class: "running" }, `sum so far: ${sum}${format(total, 6)}`));
    }
    list.append(item);
  }
  const title = arriving.length > 1 ? `Where its gradient comes from: a sum of ${arriving.length}` : "Where its gradient comes from";
  return section(title, list);
}

function handsOn(key) {
  const node = data.nodes[key];
  const done = !state.walking || order[key] < state.step;
  const items = node.rules.map((rule, i) => (rule === null ? null : termItem("to ", node.inputs[i], done, key, i))).filter(Boolean);
  return items.length ? section("What it hands on", make("ol", { class: "terms" }, ...items)) : null;
}

function termItem(word, other, done, user, i) {
  const head = make("span", {}, word, goTo(other), done ? "" : " (not yet)");
  return make("li", { class: done ? "" : "pending" }, head, ...(done ? term(user, i) : []));
}

// incoming × local = contribution, for the operation `user` and its input number `i`.
function term(user, i) {
  const node = data.nodes[user];
  const rule = data.formulas[node.rules[i]];
  const source = node.inputs[i];
  const index = elementIn(value(user));
  const at = (x) => (isArray(x) ? (elementIn(x) === null ? x : element(x, index) ?? x) : x);
  const incoming = at(grad(user));
  const local = at(now().terms[user][i].local);
  const product = at(contribution(user, i));
  const number = (place, letter) => {
    const other = nodeAt(user, place);
    return place === "g" ? format(at(grad(user))) : other === undefined ? letter : format(at(value(other)));
  };
  const name = (place, letter) => symbolOf(user, place, letter);
  const result = [];
  if (rule.math) {
    const left = rule.local ? partial(name("out", "out"), name(`i${i}`, rule.variable)) : math("mi", "contribution");
    const symbols = mathOf(rule.math, name);
    const rows = [math("math", left, math("mo", "="), symbols)]; // a line each where they have no room on one
    if (rule.local && local !== null && !isArray(local)) {
      const [numbers, last] = [mathOf(rule.math, number), format(local, 6)];
      const alone = numbers.textContent === format(local); // a lone variable leaves nothing to compute
      if (!alone && numbers.textContent !== symbols.textContent) rows.push(math("math", math("mo", "="), numbers));
      if (symbols.textContent !== last) rows.push(math("math", math("mo", "="), math("mn", last)));
    }
    rows.forEach((row) => row.setAttribute("display", "block"));
    rows[0].setAttribute("aria-label", `local rule: ${ruleText(rule, name)}`);
    result.push(make("div", { class: "rule local" }, ...rows));
  }
  if (rule.about) result.push(make("p", { class: "about" }, rule.about));
  const part = (x, words) => make("span", { class: "part" }, make("b", {}, format(x, isArray(x) ? 3 : 6)), make("small", {}, words));
  const line = make("div", { class: "product" }, part(incoming, "incoming"));
  if (rule.local && local !== null) line.append("×", part(local, "local"));
  else line.append("→");
  if (rule.local && local !== null) line.append("=");
  line.append(part(product, "contribution"));
  result.push(line);
  if (isArray(grad(user)) && shapeOf(grad(user)) !== shapeOf(value(source)) && rule.local) {
    const words = `Summed over the axes along which ${shapeOf(value(source))} was stretched to ${shapeOf(grad(user))}.`;
    result.push(make("p", { class: "about" }, words));
  }
  return result;
}

// The node that a variable of the rules of `user` stands for.
const nodeAt = (user, place) => (place === "out" ? user : data.nodes[user].inputs[Number(place.slice(1))]);

// What a formula calls it: by its name, as a number if it is a constant, or by the table's letter if no name is the same.
function symbolOf(user, place, letter) {
  const key = nodeAt(user, place);
  if (key === undefined) return letter; // g, or a keyword of the operation
  if (data.nodes[key].kind === "constant" && !isArray(value(key))) return format(value(key));
  const taken = [user, ...data.nodes[user].inputs].map(nameOf).includes(letter);
  return nameOf(key) ?? (taken ? `${letter}′` : letter);
}

// A rule as Python has it, by the same names, to be read aloud.
function ruleText(rule, name) {
  const places = [...rule.math.matchAll(/data-v="(\w+)">(\w+)</g)].map(([, place, letter]) => [letter, name(place, letter)]);
  const names = new Map(places);
  return rule.text.replace(/(?<![\w.])[A-Za-z_]\w*/g, (word) => names.get(word) ?? word);
}

// The name that the user gave a node; null if its title is its operation's or kind's.
function nameOf(key) {
  const { title, symbol, kind } = data.nodes[key];
  return [symbol, kind].includes(title) ? null : title;
}

const derivative = (name) => math("mrow", math("mo", "∂"), math("mi", name));
const partial = (top, bottom) => math("mfrac", derivative(top), derivative(bottom));

// Where there is a single way from the result to a number: every factor on it, and their products from name to name.
function chainOf(key) {
  const links = [];
  for (let at = key; at !== data.root; at = links[0].user) {
    if (terms[at].length !== 1) return null;
    const [{ user, i }] = terms[at];
    const local = now().terms[user][i].local;
    if (local === null || isArray(local)) return null;
    links.unshift({ user, to: at, local });
  }
  if (links.length < 2 || isArray(value(data.root)) || !hasGradient(key)) return null;
  const line = make("p", { class: "chain" }, "1");
  for (const { user, local } of links) line.append(" × ", goTo(user, format(local)));
  line.append(` = ${format(grad(key), 6)}`);
  return section("The chain rule, link by link", fromNameToName(key, links), line);
}

// ∂L/∂w = ∂L/∂y · ∂y/∂w, as one would write it: only the nodes with names, and the product of what lies between them.
function fromNameToName(key, links) {
  if (nameOf(data.root) === null || nameOf(key) === null) return null;
  const factors = [];
  let [top, product] = [data.root, 1];
  for (const { to, local } of links) {
    product *= asNumber(local);
    if (nameOf(to) === null) continue;
    factors.push({ top, to, product });
    [top, product] = [to, 1];
  }
  if (factors.length < 2) return null;
  const dots = (parts) => parts.flatMap((part, i) => (i ? [math("mo", "·"), part] : [part]));
  const symbols = dots(factors.map((factor) => partial(nameOf(factor.top), nameOf(factor.to))));
  const numbers = dots(factors.map((factor) => math("mrow", math("mo", "("), math("mn", format(factor.product)), math("mo", ")"))));
  const whole = [partial(nameOf(data.root), nameOf(key)), math("mo", "="), ...symbols];
  const rows = [math("math", ...whole), math("math", math("mo", "="), ...numbers, math("mo", "="), math("mn", format(grad(key), 6)))];
  rows.forEach((row) => row.setAttribute("display", "block"));
  return make("div", { class: "rule names" }, ...rows);
}

// -- the expression --------------------------------------------------------------------------------------------------

const BINDING = { add: 1, subtract: 1, multiply: 2, divide: 2, matmul: 2 }; // how tightly what is written between binds

function expression(key, open) {
  if (!data.nodes[key].inputs.length) return null;
  let budget = 60;
  const write = (k, least) => {
    const node = data.nodes[k];
    const named = node.title !== node.symbol && k !== key && node.kind === "operation";
    if (!node.inputs.length || named) return known(k);
    if (budget-- <= 0) return "…";
    const own = BINDING[node.op];
    if (own) {
      const text = `${write(node.inputs[0], own)} ${node.symbol} ${write(node.inputs[1], own + 1)}`;
      return own < least ? `(${text})` : text;
    }
    if (node.op === "power") return `${write(node.inputs[0], 3)}^${write(node.inputs[1], 3)}`;
    return `${node.op === "sigmoid" ? "σ" : node.op}(${node.inputs.map((source) => write(source, 0)).join(", ")})`;
  };
  const asTree = make("details", { open }, make("summary", {}, "as a tree"), tree(key));
  return section("Expression", make("p", { class: "code" }, write(key, 0)), asTree);
}

function tree(key) {
  const shown = new Set();
  const branch = (k, depth) => {
    const node = data.nodes[k];
    const item = make("li", {}, goTo(k), ` ${format(value(k))}`);
    if (node.inputs.length && depth < 12 && !shown.has(k)) {
      shown.add(k);
      item.append(make("ul", {}, ...node.inputs.map((source) => branch(source, depth + 1))));
    } else if (node.inputs.length) item.append(" …");
    return item;
  };
  return make("ul", { class: "tree" }, branch(key, 0));
}
