// How a number is computed: as an expression, and as a tree.

import { broadcast } from "./broadcast.mjs";
import { make, section } from "./dom.mjs";
import { goTo } from "./links.mjs";
import { known } from "./names.mjs";
import { format } from "./numbers.mjs";
import { data, isThere, value } from "./state.mjs";

const MOST = { operations: 60, deep: 12, inputs: 12, nodes: 300, shown: 2 }; // that are written out

const BINDING = { add: 1, subtract: 1, multiply: 2, divide: 2, matmul: 2 }; // how tightly what is written between binds

export function expression(key, open) {
  if (!data.nodes[key].inputs.length) return null;
  let budget = MOST.operations;
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
  let room = MOST.nodes;
  const branch = (k, depth) => {
    const node = data.nodes[k];
    const item = make("li", {}, goTo(k), ` ${format(value(k))}`);
    room -= node.inputs.length;
    if (node.inputs.length && depth < MOST.deep && room > 0 && !shown.has(k)) {
      shown.add(k);
      item.append(make("ul", {}, ...node.inputs.map((source) => branch(source, depth + 1))));
    } else if (node.inputs.length) item.append(" …");
    return item;
  };
  return make("ul", { class: "tree" }, branch(key, 0));
}

// An operation with the numbers of its inputs put in.
export function computation(key) {
  const { inputs, op, symbol } = data.nodes[key];
  if (!inputs.length || !isThere(key)) return null;
  const numbers = inputs.slice(0, MOST.inputs).map((source) => format(value(source), 6));
  if (inputs.length > MOST.inputs) numbers.push("…");
  const written = BINDING[op] ? numbers.join(` ${symbol} `) : `${op}(${numbers.join(", ")})`;
  const stretched = data.nodes[key].stretched.slice(0, MOST.shown).map((i) => broadcast(key, i, false));
  return section("How it is computed", make("p", { class: "code" }, `${written} = ${format(value(key), 6)}`), ...stretched);
}
