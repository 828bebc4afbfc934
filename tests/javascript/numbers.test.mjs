import assert from "node:assert/strict";
import { test } from "node:test";
import { asNumber, element, fitted, format, place, shapeOf, shortly, size, written } from "../../autograd/draw/explore/assets/numbers.mjs";

const array = (shape, cells, stats) => ({
  shape, dtype: "float64", rows: 1, cols: cells.length, block: [1, 1], cells,
  stats: { finite: cells.length, nan: 0, inf: 0, zero: 0, min: Math.min(...cells), max: Math.max(...cells), mean: 2, ...stats },
});

test("a number as text has a minus sign, few digits, and no power of ten without need", () => {
  const texts = [0, -1.5, 123456, 1234567, -0.00001, 1 / 3].map((x) => format(x));
  assert.deepEqual(texts, ["0", "−1.5", "123500", "1.235e+6", "−1e−5", "0.3333"]);
  assert.deepEqual([null, "nan", true, false].map((x) => format(x)), ["", "nan", "True", "False"]);
});

test("Python's format", () => {
  assert.deepEqual([".2e", ".3f", ".3g", "odd"].map((spec) => written(-1234.5678, spec)), ["−1.23e+3", "−1234.568", "−1230", "−1235"]);
  assert.equal(written(7, ".3f"), "7");
});

test("a number is as long as its room", () => {
  for (const x of [Math.PI, -123.456, 1e-9 / 3, 98765.4321]) {
    for (const room of [6, 7, 9]) assert.ok(fitted(x, room).length <= room, `${fitted(x, room)} in ${room}`);
  }
  assert.equal(fitted("nan", 1), "nan");
  assert.equal(fitted(Math.PI, 12, ".6g"), "3.14159");
});

test("an array by its numbers where they are few, else by its range", () => {
  assert.equal(shortly(array([3], [1, 2.5, -3]), 20, ".4g"), "[1, 2.5, −3]");
  assert.equal(shortly(array([1, 3], [1, 2.5, -3]), 20, ".4g"), "−3 … 2.5");
  assert.equal(shortly(array([1, 3], [1, 2.5, -3.25]), 9, ".4g"), "−3 … 3");
  assert.equal(shortly(array([1, 2], [-1e-7 / 3, 123.456]), 9, ".4g"), "|x| ≤ 120");
  assert.equal(shortly(array([2, 2], [1, 1, 1, 1]), 20, ".4g"), "all 1");
  assert.equal(shortly(array([4], [1, 2, 3, 4], { finite: 0, nan: 4 }), 20, ".4g"), "4 NaN");
});

test("how large", () => {
  assert.deepEqual([null, -3, "-inf", "nan"].map(size), [null, 3, Infinity, NaN]);
  assert.equal(size(array([2], [1, -7])), 7);
  assert.ok(Number.isNaN(size(array([2], [1, -7], { nan: 1 }))));
  assert.equal(size(array([2], [1, -7], { inf: 1 })), Infinity);
  assert.equal(asNumber("1+2j"), NaN);
});

test("elements by their place", () => {
  assert.deepEqual(place([2, 3, 4], 23), [1, 2, 3]);
  assert.deepEqual(place([], 0), []);
  assert.equal(element(array([2], [5, 6]), 1), 6);
  assert.equal(element({ ...array([2], [5, 6]), block: [1, 2] }, 1), null);
  assert.equal(element(3, null), 3);
  assert.deepEqual([3, array([2, 5], [1])].map(shapeOf), ["scalar", "2 × 5"]);
});
