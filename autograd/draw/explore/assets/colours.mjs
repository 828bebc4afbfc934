// Numbers as colours.

import { asNumber } from "./numbers.mjs";

// From small to large: cividis (Nuñez, Anderton and Renslow 2018), even in lightness and safe for the colour-blind.
export const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];
// From negative to positive: blue, white, orange.
export const DIVERGING = ["#00468b", "#0072b2", "#6fb1d8", "#cfe4f1", "#f7f7f7", "#fbdcc0", "#f0a063", "#d55e00", "#8a3d00"];

export function mix(scale, t) {
  const place = Math.min(Math.max(t, 0), 1) * (scale.length - 1);
  const i = Math.min(Math.floor(place), scale.length - 2);
  const channel = (hex, c) => parseInt(hex.slice(1 + 2 * c, 3 + 2 * c), 16);
  const parts = [0, 1, 2].map((c) => channel(scale[i], c) + (place - i) * (channel(scale[i + 1], c) - channel(scale[i], c)));
  return parts.map(Math.round);
}

export const css = (rgb) => `rgb(${rgb.join(",")})`;
export const isDark = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b < 140;

// As a colour: blue below zero, orange above.
const heatOf = (x, largest) => mix(DIVERGING, largest ? 0.5 + x / largest / 2 : 0.5);

export function colourOf(x, largest) {
  const number = asNumber(x);
  if (Number.isNaN(number)) return "var(--nan)";
  if (!Number.isFinite(number)) return "var(--infinite)";
  return css(heatOf(number, largest));
}

// Whether what is written on it is dark.
export const isLight = (x, largest) => Number.isFinite(asNumber(x)) && !isDark(heatOf(asNumber(x), largest));
