// Where there is a single way from the result to a number: the whole product.

import { make, math, partial, section } from "./dom.mjs";
import { goTo } from "./links.mjs";
import { nameOf } from "./names.mjs";
import { asNumber, format, isArray } from "./numbers.mjs";
import { data, grad, hasGradient, now, terms, value } from "./state.mjs";

const MOST = 40; // factors that are written out

// Where there is a single way from the result to a number: every factor on it, and their products from name to name.
export function chainOf(key) {
  const links = [];
  for (let at = key; at !== data.root; at = links.at(-1).user) {
    if (terms[at].length !== 1) return null;
    const [{ user, i }] = terms[at];
    const local = now().terms[user][i].local;
    if (local === null || isArray(local)) return null;
    links.push({ user, to: at, local });
  }
  links.reverse();
  if (links.length < 2 || isArray(value(data.root)) || !hasGradient(key)) return null;
  const line = make("p", { class: "chain" }, "1");
  const link = ({ user, local }) => [" × ", goTo(user, format(local))];
  if (links.length <= MOST) line.append(...links.flatMap(link));
  else line.append(...links.slice(0, MOST / 2).flatMap(link), ` × … ${links.length - MOST} more …`, ...links.slice(-MOST / 2).flatMap(link));
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
  if (factors.length < 2 || factors.length > MOST) return null;
  const dots = (parts) => parts.flatMap((part, i) => (i ? [math("mo", "·"), part] : [part]));
  const symbols = dots(factors.map((factor) => partial(nameOf(factor.top), nameOf(factor.to))));
  const numbers = dots(factors.map((factor) => math("mrow", math("mo", "("), math("mn", format(factor.product)), math("mo", ")"))));
  const whole = [partial(nameOf(data.root), nameOf(key)), math("mo", "="), ...symbols];
  const rows = [math("math", ...whole), math("math", math("mo", "="), ...numbers, math("mo", "="), math("mn", format(grad(key), 6)))];
  rows.forEach((row) => row.setAttribute("display", "block"));
  return make("div", { class: "rule names" }, ...rows);
}

