// An element of a gradient as the sum that made it: the numbers that reached the operation, each times its factor.

import { make } from "./dom.mjs";
import { elementName } from "./names.mjs";
import { asNumber, element, format } from "./numbers.mjs";
import { data, grad, now, state } from "./state.mjs";

const MOST_ROWS = 12;

// The parts of element `index` of what the operation `user` hands to its input number `i`; null if the page has no factors.
function partsOf(user, i, index) {
  const { factors } = now().terms[user][i];
  if (!factors || state.edited !== null || element(grad(user), 0) === null) return null;
  const parts = [];
  factors.to.forEach((to, n) => {
    if (to !== index) return;
    const [from, by] = [factors.from[n], asNumber(factors.by[n])];
    const incoming = asNumber(element(grad(user), from));
    parts.push({ from, by, incoming, product: incoming * by });
  });
  return parts;
}

const sumUp = (parts) => parts.reduce((sum, { product }) => sum + product, 0);

export function sumOf(user, i, index) {
  const parts = index === null ? null : partsOf(user, i, index);
  if (!parts) return null;
  const rows = parts.slice(0, MOST_ROWS).map(({ from, by, incoming, product }) => make("tr", {},
    make("th", { scope: "row" }, `from ${elementName(user, from)}`),
    make("td", {}, `${format(incoming)} × ${by < 0 ? `(${format(by)})` : format(by)}`), make("td", {}, `= ${format(product)}`)));
  const last = (words, x, name) => rows.push(make("tr", { class: name }, make("th", { scope: "row" }, words), make("td"), make("td", {}, `= ${format(x)}`)));
  if (parts.length > MOST_ROWS) last(`and ${parts.length - MOST_ROWS} more`, sumUp(parts.slice(MOST_ROWS)));
  const words = parts.length === 1 ? "one number" : `${parts.length} numbers`;
  const head = parts.length ? `Its element ${elementName(data.nodes[user].inputs[i], index)} gets ${words}, incoming × factor:` : "Nothing reaches this element.";
  if (parts.length > 1) last("sum", sumUp(parts), "total");
  return make("div", { class: "sum" }, make("p", { class: "about" }, head), make("table", {}, ...rows));
}
