// What is said of the selected node: its numbers, where its gradient comes from, what it hands on.

import { chainOf } from "./chain.mjs";
import { byId, make, section, swatch } from "./dom.mjs";
import { computation, expression } from "./expression.mjs";
import { heatMap } from "./heat.mjs";
import { goTo } from "./links.mjs";
import { asNumber, format, isArray, shapeOf } from "./numbers.mjs";
import { contribution, current, data, grad, hasGradient, isThere, now, order, other, soFar, state, terms, users, value } from "./state.mjs";
import { sumOf } from "./sums.mjs";
import { elementIn, termItem } from "./terms.mjs";

const MOST = 12; // neighbours that are listed
const panel = byId("panel");

export function paintPanel() {
  const key = state.key;
  const node = data.nodes[key];
  const focus = document.activeElement?.closest?.("[data-heat]")?.dataset.heat;
  const open = panel.querySelector("details")?.open;
  const kind = node.sub || (node.title === node.kind ? "" : node.kind);
  const parts = [
    make("h2", {}, swatch(node.kind), node.title, make("small", {}, ` ${kind}`)),
    surroundings(key),
    numbersTable(key),
    ...(key === current() ? [...whatHappens(key), heatMaps(key)] : [heatMaps(key), ...whatHappens(key)]),
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
  const row = (words, keys) => (keys.length
    ? make("p", { class: "near" }, words, ...keys.slice(0, MOST).map((k) => goTo(k)), keys.length > MOST ? ` and ${keys.length - MOST} more` : null)
    : null);
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
  const titles = state.compare === null ? [] : [now().label, other().label, "difference"];
  const head = make("tr", {}, make("td"), ...titles.map((words) => make("th", { scope: "col" }, words)));
  const rows = [
    make("tr", {}, make("th", { scope: "row" }, "shape"), make("td", {}, shapeOf(value(key)))),
    row("value", isThere(key) ? value(key) : null, other()?.values[key]),
  ];
  if (grad(key) !== null) {
    rows.push(row(hasGradient(key) ? "gradient" : "gradient so far", soFar(key), other()?.grads[key]));
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

// -- the chain rule --------------------------------------------------------------------------------------------------

function origin(key) {
  const arriving = terms[key];
  if (key === data.root) {
    const sum = "The pass begins here, with 1 for each element: the gradients are those of the sum.";
    const words = isArray(value(key)) ? sum : "The pass begins here: the derivative of a number with respect to itself is 1.";
    return section("Where its gradient comes from", make("p", {}, words));
  }
  if (!arriving.length) return null;
  const list = make("ol", { class: "terms" });
  const from = firstShown(key);
  const upTo = from + MOST < arriving.length - 1 ? from + MOST : arriving.length;
  const isScalar = arriving.every(({ user, i }) => !isArray(contribution(user, i)));
  const sumOfAll = (some) => some.reduce((sum, { user, i }) => sum + asNumber(contribution(user, i)), 0);
  let total = from && isScalar ? sumOfAll(arriving.slice(0, from)) : null;
  const others = (words) => list.append(make("li", { class: "pending" }, words));
  if (from) others(`${from} before these${isScalar ? `, together ${format(total, 6)}` : ""}`);
  for (const { user, i } of arriving.slice(from, upTo)) {
    const arrived = !state.walking || order[user] < state.step;
    const item = termItem("from ", user, arrived, user, i);
    const sum = arrived ? sumOf(user, i, isArray(grad(key)) ? elementIn(grad(key)) : 0) : null;
    if (sum) item.append(sum);
    if (arrived && arriving.length > 1 && isScalar) {
      const added = contribution(user, i);
      const before = total;
      total = (total ?? 0) + asNumber(added);
      const sum = before === null ? "" : `${format(before, 6)} + ${format(added, 6)} = `;
      item.append(make("div", { class: "running" }, `sum so far: ${sum}${format(total, 6)}`));
    }
    list.append(item);
  }
  if (upTo < arriving.length) {
    const arrived = !state.walking && isScalar ? `, together ${format(sumOfAll(arriving.slice(upTo)), 6)}` : state.walking ? " to come" : "";
    others(`and ${arriving.length - upTo} more${arrived}`);
  }
  const title = arriving.length > 1 ? `Where its gradient comes from: a sum of ${arriving.length}` : "Where its gradient comes from";
  return section(title, list);
}

// Of very many terms those are listed that have just arrived.
function firstShown(key) {
  if (!state.walking || terms[key].length <= MOST + 1) return 0;
  const count = terms[key].filter(({ user }) => order[user] < state.step).length;
  return Math.max(0, Math.min(count - MOST / 2, terms[key].length - MOST - 1));
}

function handsOn(key) {
  const node = data.nodes[key];
  const done = !state.walking || order[key] < state.step;
  const given = node.rules.flatMap((rule, i) => (rule === null ? [] : [i]));
  const items = given.slice(0, MOST).map((i) => termItem("to ", node.inputs[i], done, key, i));
  if (given.length > MOST) items.push(make("li", {}, `and to ${given.length - MOST} more`));
  return items.length ? section("What it hands on", make("ol", { class: "terms" }, ...items)) : null;
}

