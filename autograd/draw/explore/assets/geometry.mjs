// Where things stand, in points from the top left of a picture; a box is [left, top, width, height].

const CELL = 400; // side of the squares that boxes are looked up by
const FAR = 900; // from here on an edge is a stub
const STUB = [36, 24]; // how long it is, and how far from the next

// A picture's boxes by key, out of the page's flat list.
export function boxesOf({ keys, sizes, boxes }) {
  const all = keys ?? Array.from({ length: boxes.length / 3 }, (_, i) => i);
  return new Map(all.map((key, i) => [key, [boxes[3 * i], boxes[3 * i + 1], ...sizes[boxes[3 * i + 2]]]]));
}

const span = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
const squares = ([x, y, w, h]) => {
  const [left, top, right, bottom] = [x, y, x + w, y + h].map((at) => Math.floor(at / CELL));
  return span(left, right).flatMap((column) => span(top, bottom).map((row) => `${column},${row}`));
};

// A function that finds the keys of all boxes which touch an area.
export function finder(boxes) {
  const found = new Map();
  for (const [key, box] of boxes) {
    for (const square of squares(box)) {
      if (!found.has(square)) found.set(square, []);
      found.get(square).push(key);
    }
  }
  return (area) => new Set(squares(area).flatMap((square) => found.get(square) ?? []).filter((key) => touch(boxes.get(key), area)));
}

const touch = ([x, y, w, h], [left, top, width, height]) =>
  x <= left + width && left <= x + w && y <= top + height && top <= y + h;

export const grown = ([x, y, w, h], by) => [x - by, y - by, w + 2 * by, h + 2 * by];

// The box around boxes.
export function around(boxes) {
  const sides = boxes.map(([x, y, w, h]) => [x, y, x + w, y + h]);
  const most = (i, of) => sides.reduce((best, side) => of(best, side[i]), sides[0][i]);
  const [left, top, right, bottom] = [most(0, Math.min), most(1, Math.min), most(2, Math.max), most(3, Math.max)];
  return [left, top, right - left, bottom - top];
}

// How far a window that begins at `from` has to move to have a stretch in it.
export const beyond = (start, end, from, length) => (start < from ? start - from : Math.max(0, end - from - length));

// -- edges -----------------------------------------------------------------------------------------------------------

// An edge is { points, tip, label }: what Graphviz gave, or an arc from box to box; from very far away only its end, a stub.
export function edgeOf(given, from, to, direction, place = 0) {
  if (given) return given.length % 6 === 4 ? ending(given, given.length) : ending(given.slice(0, -2), given.length - 2, given.slice(-2));
  const upright = direction === "TB" || direction === "BT";
  const sign = direction === "RL" || direction === "BT" ? -1 : 1;
  const at = ([x, y, w, h], side) => (upright ? [x + w / 2, y + h * side] : [x + w * side, y + h / 2]);
  const [start, tip] = [at(from, sign > 0 ? 1 : 0), at(to, sign > 0 ? 0 : 1)];
  const axis = upright ? 1 : 0;
  const away = (point, by) => point.map((x, i) => (i === axis ? x + by : x));
  const stub = Math.hypot(tip[0] - start[0], tip[1] - start[1]) > FAR;
  if (stub) {
    tip[1 - axis] += STUB[1] * (place - 0.5);
    start.splice(0, 2, ...away(tip, -STUB[0] * sign));
  }
  const bend = sign * (stub ? 5 : Math.max(20, Math.abs(tip[axis] - start[axis]) / 2));
  const end = away(tip, -5 * sign);
  const points = [start, away(start, bend), away(end, -bend), end].flat();
  return { points, tip, label: [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2], stub };
}

// A curve has 1 + 3n points; then comes the tip of the arrow.
const ending = (given, length, label = null) => ({ points: given.slice(0, length - 2), tip: given.slice(length - 2), label, stub: false });

export function pathOf(points) {
  const pairs = [];
  for (let i = 0; i < points.length; i += 2) pairs.push(`${points[i]},${points[i + 1]}`);
  return `M${pairs[0]}C${pairs.slice(1).join(" ")}`;
}

// The arrow's head: its base stands across the curve's end.
export function headOf(points, [x, y]) {
  const [fromX, fromY] = points.slice(-2);
  const length = Math.hypot(x - fromX, y - fromY) || 1;
  const [across, down] = [(2.2 * (y - fromY)) / length, (-2.2 * (x - fromX)) / length];
  return [[fromX + across, fromY + down], [x, y], [fromX - across, fromY - down]].map((point) => point.map((p) => p.toFixed(1)).join()).join(" ");
}

// The box around an edge: no curve leaves the box around the points that it is drawn by.
export const boxAround = ({ points, tip }) => around([...points, ...tip].flatMap((x, i, all) => (i % 2 ? [] : [[x, all[i + 1], 0, 0]])));

// -- neighbours ------------------------------------------------------------------------------------------------------

// The nearest box above (-1) or below (1), of those that are about as far along.
export function neighbour(boxes, key, direction) {
  const middle = ([x, y, w, h]) => [x + w / 2, y + h / 2];
  const [x, y] = middle(boxes.get(key));
  let [best, least] = [null, Infinity];
  for (const [other, box] of boxes) {
    const [dx, dy] = [middle(box)[0] - x, (middle(box)[1] - y) * direction];
    if (dy > 1 && dy + 2 * Math.abs(dx) < least) [best, least] = [other, dy + 2 * Math.abs(dx)];
  }
  return best;
}
