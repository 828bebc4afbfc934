// What one operation hands to one of its inputs: the rule, the numbers put in, and their product.

import { broadcast } from "./broadcast.mjs";
import { flowing, make, math, mathOf, partial } from "./dom.mjs";
import { goTo } from "./links.mjs";
import { nodeAt, symbolOf } from "./names.mjs";
import { element, format, isArray } from "./numbers.mjs";
import { contribution, data, grad, now, state, value } from "./state.mjs";

// The selected element, if this array has the shape of the one in which it was selected.
export const elementIn = (x) => (isArray(x) && state.cell?.shape === String(x.shape) ? state.cell.index : null);

export function termItem(word, other, done, user, i) {
  const head = make("span", {}, word, goTo(other), done ? "" : " (not yet)");
  return make("li", { class: done ? "" : "pending" }, head, ...(done ? term(user, i) : []));
}

// incoming × local = contribution, for the operation `user` and its input number `i`.
function term(user, i) {
  const node = data.nodes[user];
  const rule = data.formulas[node.rules[i]];
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
    if (symbols.querySelector("mtext")) {
      result.push(make("p", { class: "rule words" }, math("math", left, math("mo", "=")), " ", ...flowing(symbols)));
    } else result.push(ruleLines(rule, local, left, symbols, name, number));
  }
  if (rule.about) result.push(make("p", { class: "about" }, rule.about));
  const part = (x, words) => make("span", { class: "part" }, make("b", {}, format(x, isArray(x) ? 3 : 6)), make("small", {}, words));
  const line = make("div", { class: "product" }, part(incoming, "incoming"));
  if (rule.local && local !== null) line.append("×", part(local, "local"));
  else line.append("→");
  if (rule.local && local !== null) line.append("=");
  line.append(part(product, "contribution"));
  result.push(line);
  if (node.stretched.includes(i)) result.push(broadcast(user, i, true));
  return result;
}

// A rule that is a formula: with names, with numbers, and what it comes to.
function ruleLines(rule, local, left, symbols, name, number) {
  const rows = [math("math", left, math("mo", "="), symbols)]; // a line each where they have no room on one
  if (rule.local && local !== null && !isArray(local)) {
    const [numbers, last] = [mathOf(rule.math, number), format(local, 6)];
    const alone = numbers.textContent === format(local); // a lone variable leaves nothing to compute
    if (!alone && numbers.textContent !== symbols.textContent) rows.push(math("math", math("mo", "="), numbers));
    if (symbols.textContent !== last) rows.push(math("math", math("mo", "="), math("mn", last)));
  }
  rows.forEach((row) => row.setAttribute("display", "block"));
  rows[0].setAttribute("aria-label", `local rule: ${ruleText(rule, name)}`);
  return make("div", { class: "rule local" }, ...rows);
}

// A rule as Python has it, by the same names, to be read aloud.
function ruleText(rule, name) {
  const places = [...rule.math.matchAll(/data-v="(\w+)">(\w+)</g)].map(([, place, letter]) => [letter, name(place, letter)]);
  const names = new Map(places);
  return rule.text.replace(/(?<![\w.])[A-Za-z_]\w*/g, (word) => names.get(word) ?? word);
}
