// Broadcasting: which axes of an array were stretched to another shape.

// For each axis of `result`: its length, that of `source` (null where it has no such axis), and whether it was stretched.
export function axesOf(source, result) {
  const missing = result.length - source.length;
  return result.map((length, axis) => {
    const own = axis < missing ? null : source[axis - missing];
    return { axis, length, own, stretched: own === null || own !== length };
  });
}

// "axis 0", "axes 0 and 2".
export function axesWords(axes) {
  const numbers = axes.filter((one) => one.stretched).map((one) => one.axis);
  const last = numbers.pop();
  return numbers.length ? `axes ${numbers.join(", ")} and ${last}` : `axis ${last}`;
}
