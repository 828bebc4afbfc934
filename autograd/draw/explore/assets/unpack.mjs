// What a page holds, as the page works with it: the way back from pack.py.

import { backwardPass, forwardPass } from "./engine.mjs";
import { asNumber, json } from "./numbers.mjs";

const STATS = ["min", "max", "mean", "zero", "nan", "inf"];

export function unpack(packed, compiled) {
  const nodes = packed.nodes.map((inputs, key) => ({
    ...packed.sorts[packed.kinds[key]], inputs, calls: packed.paths[packed.within[key] ?? 0],
  }));
  for (const [key, title] of Object.entries(packed.titles)) nodes[key].title = title;
  const operations = nodes.flatMap((node, key) => (node.kind === "operation" ? [key] : []));
  const data = { ...packed, nodes, compiled, steps: [...operations].reverse() };
  data.snapshots = packed.snapshots.map((moment) => ({
    label: moment.label, values: moment.values.map((x) => array(packed, x)), grads: moment.grads.map((x) => array(packed, x)),
  }));
  data.snapshots.forEach((moment, n) => lazily(moment, () => (packed.snapshots[n].terms === null
    ? passes(data, moment.values.map(asNumber)).terms
    : termsOf(packed, n, operations))));
  return data;
}

function array(packed, x) {
  if (!Array.isArray(x)) return x;
  const [grid, facts, cells = []] = x;
  const stats = Object.fromEntries(STATS.map((name, i) => [name, facts[i] ?? 0]));
  stats.finite = packed.grids[grid].shape.reduce((a, b) => a * b, 1) - stats.nan - stats.inf;
  return { ...packed.grids[grid], stats, cells };
}

// Terms are many, and are wanted of few moments.
function lazily(moment, make) {
  let made = null;
  Object.defineProperty(moment, "terms", { get: () => (made ??= make()) });
}

function termsOf(packed, n, operations) {
  const term = (given, place, i) => {
    if (!given) return null;
    const [local, product, factors] = given === 1 ? [null, null] : given;
    const found = { local: array(packed, local), product: array(packed, product) };
    if (factors) found.factors = { ...packed.snapshots[0].terms[place][i][2], ...factors };
    return found;
  };
  const lists = packed.snapshots[n].terms.map((list, place) => list.map((given, i) => term(given, place, i)));
  return Object.fromEntries(lists.map((list, place) => [operations[place], list]));
}

// All that the page's engine makes of these numbers of the leaves.
function passes(data, numbers) {
  const values = forwardPass(data, numbers);
  const { grads, terms } = backwardPass(data, values);
  const written = ({ local, product }) => ({ local: json(local), product: json(product) });
  return {
    values: values.map(json),
    grads: grads.map(json),
    terms: Object.fromEntries(Object.entries(terms).map(([key, list]) => [key, list.map((term) => term && written(term))])),
  };
}

// The moment that these numbers of the leaves make; a node without a gradient stays without.
export function computed(data, numbers) {
  const { grads, ...others } = passes(data, numbers);
  return { label: "edited", ...others, grads: grads.map((x, key) => (data.snapshots[0].grads[key] === null ? null : x)) };
}
