// Making the elements of a page.

export const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const MATH = "http://www.w3.org/1998/Math/MathML";

export function math(tag, ...children) {
  const made = document.createElementNS(MATH, tag);
  made.append(...children);
  return made;
}

const mathName = (text) => math(/^[−\d]/.test(text) ? "mn" : "mi", text);

// A formula from the table of rules; `put` says what stands for a variable: a name or a number.
export function mathOf(markup, put) {
  const holder = new DOMParser().parseFromString(`<math xmlns="${MATH}">${markup}</math>`, "application/xml");
  const row = math("mrow");
  row.append(...[...holder.documentElement.childNodes].map((node) => document.importNode(node, true)));
  for (const variable of row.querySelectorAll("[data-v]")) {
    const text = put(variable.dataset.v, variable.textContent);
    const [name, alone] = [mathName(text), row.textContent === variable.textContent];
    variable.replaceWith(text.startsWith("−") && !alone ? math("mrow", math("mo", "("), name, math("mo", ")")) : name);
  }
  return row;
}

// A formula with words in it as text that flows: the words as they are, each piece of mathematics for itself.
export function flowing(row) {
  if (row.localName === "mtext") return [row.textContent];
  if (row.localName !== "mrow" || !row.querySelector("mtext")) return [math("math", row.cloneNode(true))];
  return [...row.children].flatMap(flowing);
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export const swatch = (kind) => make("i", { class: `swatch ${kind}`, "aria-hidden": "true" });
export const section = (title, ...content) => make("section", {}, make("h3", {}, title), ...content);

const derivative = (name) => math("mrow", math("mo", "∂"), math("mi", name));
export const partial = (top, bottom) => math("mfrac", derivative(top), derivative(bottom));
