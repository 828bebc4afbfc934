// What to call a node.

import { format, isArray, place } from "./numbers.mjs";
import { data, value } from "./state.mjs";

// The name that the user gave a node; null if its title is its operation's or kind's.
export function nameOf(key) {
  const { title, symbol, kind } = data.nodes[key];
  return [symbol, kind, "constant"].includes(title) ? null : title;
}

// In a sentence: its name, its number, or its operation.
export function known(key) {
  const node = data.nodes[key];
  if (node.kind === "constant") return format(value(key));
  return node.title === node.symbol ? `${node.title} ${node.sub}`.trim() : node.title;
}

// An element: h[1, 2]; a scalar by its name alone.
export function elementName(key, index) {
  const { op, title } = data.nodes[key];
  return isArray(value(key)) ? `${nameOf(key) ?? (op || title)}[${place(value(key).shape, index).join(", ")}]` : known(key);
}

// The node that a variable of the rules of `user` stands for.
export const nodeAt = (user, variable) => (variable === "out" ? user : data.nodes[user].inputs[Number(variable.slice(1))]);

const used = new Set(data.nodes.map((_, key) => nameOf(key)));

// What a formula calls it: by its name, as a number if it is a constant, or by the table's letter if no node has it for a name.
export function symbolOf(user, variable, letter) {
  const key = nodeAt(user, variable);
  if (key === undefined) return letter; // g, or a keyword of the operation
  if (data.nodes[key].kind === "constant" && !isArray(value(key))) return format(value(key));
  return nameOf(key) ?? (used.has(letter) ? `${letter}′` : letter);
}
