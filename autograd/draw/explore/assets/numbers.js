// Numbers as text and as colours. A number that JSON cannot hold comes as text: "nan", "inf", "-inf", "1+2j".

const data = JSON.parse(document.getElementById("data").textContent);

const isArray = (x) => x !== null && typeof x === "object";

function format(x, digits = 4) {
  if (x === null || x === undefined) return "";
  if (typeof x === "string") return x;
  if (isArray(x)) return summary(x, digits);
  if (x === 0) return "0";
  const short = Number(x.toPrecision(digits));
  const size = Math.abs(short);
  return (size < 1e-4 || size >= 1e6 ? short.toExponential() : String(short)).replace("-", "−");
}

function summary(array, digits) {
  const { finite, min, max, mean, nan, inf } = array.stats;
  const parts = [];
  if (nan) parts.push(`${nan} NaN`);
  if (inf) parts.push(`${inf} inf`);
  if (finite) {
    const [low, high] = [format(min, digits), format(max, digits)];
    parts.push(low === high ? `all ${low}` : `${low} … ${high}, mean ${format(mean, digits)}`);
  }
  return parts.join(", ") || "empty";
}

// How large a number is, or the largest in an array: NaN if there is one.
function size(x) {
  if (x === null || x === undefined) return null;
  if (!isArray(x)) return Math.abs(asNumber(x));
  const { finite, min, max, nan, inf } = x.stats;
  if (nan) return NaN;
  if (inf) return Infinity;
  return finite ? Math.max(Math.abs(min), Math.abs(max)) : null;
}

function asNumber(x) {
  if (typeof x === "number") return x;
  return { inf: Infinity, "-inf": -Infinity }[x] ?? NaN;
}

// The element of an array at a place, if the page has it whole; a scalar is its own element.
function element(x, index) {
  if (!isArray(x)) return x;
  return index !== null && x.block[0] === 1 && x.block[1] === 1 ? x.cells[index] ?? null : null;
}

const shapeOf = (x) => (isArray(x) ? x.shape.join(" × ") : "scalar");

// From small to large: cividis (Nuñez, Anderton and Renslow 2018), even in lightness and safe for the colour-blind.
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];
// From negative to positive: blue, white, orange.
const DIVERGING = ["#00468b", "#0072b2", "#6fb1d8", "#cfe4f1", "#f7f7f7", "#fbdcc0", "#f0a063", "#d55e00", "#8a3d00"];

function mix(scale, t) {
  const place = Math.min(Math.max(t, 0), 1) * (scale.length - 1);
  const i = Math.min(Math.floor(place), scale.length - 2);
  const channel = (hex, c) => parseInt(hex.slice(1 + 2 * c, 3 + 2 * c), 16);
  const parts = [0, 1, 2].map((c) => channel(scale[i], c) + (place - i) * (channel(scale[i + 1], c) - channel(scale[i], c)));
  return parts.map(Math.round);
}

const css = (rgb) => `rgb(${rgb.join(",")})`;
const isDark = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b < 140;

// The elements of a page.
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const MATH = "http://www.w3.org/1998/Math/MathML";

function math(tag, ...children) {
  const made = document.createElementNS(MATH, tag);
  made.append(...children);
  return made;
}

const mathName = (text) => math(/^[−\d]/.test(text) ? "mn" : "mi", text);

// A formula from the table of rules; `put` says what stands for a variable: a name or a number.
function mathOf(markup, put) {
  const holder = new DOMParser().parseFromString(`<math xmlns="${MATH}">${markup}</math>`, "application/xml");
  const row = math("mrow");
  row.append(...[...holder.documentElement.childNodes].map((node) => document.importNode(node, true)));
  for (const variable of row.querySelectorAll("[data-v]")) {
    const text = put(variable.dataset.v, variable.textContent);
    const [name, alone] = [mathName(text), row.textContent === variable.textContent];
    variable.replaceWith(/^−/.test(text) && !alone ? math("mrow", math("mo", "("), name, math("mo", ")")) : name);
  }
  return row;
}
