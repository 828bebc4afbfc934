// Numbers as text. A number that JSON cannot hold comes as text: "nan", "inf", "-inf", "1+2j".

export const isArray = (x) => x !== null && typeof x === "object";

export function format(x, digits = 4) {
  if (x === null || x === undefined) return "";
  if (typeof x === "string") return x;
  if (typeof x === "boolean") return x ? "True" : "False";
  if (isArray(x)) return summary(x, digits);
  if (x === 0) return "0";
  const short = Number(x.toPrecision(digits));
  const size = Math.abs(short);
  return (size < 1e-4 || size >= 1e6 ? short.toExponential() : String(short)).replaceAll("-", "−");
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
export function size(x) {
  if (x === null || x === undefined) return null;
  if (!isArray(x)) return Math.abs(asNumber(x));
  const { finite, min, max, nan, inf } = x.stats;
  if (nan) return NaN;
  if (inf) return Infinity;
  return finite ? Math.max(Math.abs(min), Math.abs(max)) : null;
}

export function asNumber(x) {
  if (typeof x === "number") return x;
  return { inf: Infinity, "-inf": -Infinity }[x] ?? NaN;
}

// The element of an array at a place, if the page has it whole; a scalar is its own element.
export function element(x, index) {
  if (!isArray(x)) return x;
  return index !== null && x.block[0] === 1 && x.block[1] === 1 ? x.cells[index] ?? null : null;
}

export const shapeOf = (x) => (isArray(x) ? x.shape.join(" × ") : "scalar");


// As Python's format(x, spec) writes it, for the usual specs.
export function written(x, spec) {
  const [, digits, kind] = /^\.(\d+)([efg])$/.exec(spec) ?? [];
  if (typeof x !== "number" || !kind || Number.isInteger(x) || !Number.isFinite(x)) return format(x);
  const text = { e: () => x.toExponential(digits), f: () => x.toFixed(digits), g: () => format(x, Math.max(1, digits)) }[kind]();
  return text.replaceAll("-", "−");
}

// A number in as many digits as there is room for.
export function fitted(x, room, spec = ".4g") {
  const texts = [written(x, spec), ...[4, 3, 2, 1].map((digits) => format(x, digits))];
  return texts.find((text) => text.length <= room) ?? (typeof x === "number" ? x.toExponential(0).replaceAll("-", "−") : texts[0]);
}

// An array for a box: a short vector by its numbers, anything else by its range.
export function shortly(x, room, spec) {
  if (!isArray(x)) return fitted(x, room, spec);
  const { shape, cells, stats } = x;
  if (shape.length === 1 && cells.length === shape[0] && shape[0] <= 3 && shape[0]) {
    const texts = [4, 3, 2, 1].map((digits) => `[${cells.map((cell) => format(cell, digits)).join(", ")}]`);
    return texts.find((text) => text.length <= room) ?? texts[3];
  }
  const texts = [4, 3, 2, 1].map((digits) => format(x, digits).split(", mean ")[0]);
  if (stats.min === stats.max || !stats.finite) return texts[1];
  return texts.find((text) => text.length <= room) ?? `|x| ≤ ${format(size(x), 2)}`;
}

// The index along each axis of the element that is number i in a row.
export function place(shape, i) {
  const result = [];
  for (const n of [...shape].reverse()) {
    result.unshift(i % n);
    i = Math.floor(i / n);
  }
  return result;
}

// As JSON holds it.
export const json = (x) => (Number.isFinite(x) ? x : Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf");
