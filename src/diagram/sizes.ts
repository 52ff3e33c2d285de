import type { OutlineState } from './chart.js';
import { widthOf } from './text.js';

/** Pixels. What a style gives its texts must not be larger. */
export const TITLE = { size: 13, line: 17 };
export const SERVICE = { size: 11, line: 14 };
export const LABEL = { size: 12, line: 14 };
/** The dot where a machine begins. */
export const MARKER = 10;
/** Around the whole. */
export const MARGIN = 16;
/** From the top of a compound state to what is in it. */
export const HEAD = 38;
const PADDING = 12;

export function boxSize({ key, invokes }: OutlineState): { readonly width: number; readonly height: number } {
  const title = widthOf(key, TITLE.size);
  const services = invokes.map((name) => widthOf(`${name}`, SERVICE.size) + 14);
  return {
    width: Math.max(64, title, ...services) + 2 * PADDING,
    height: 13 + TITLE.line + invokes.length * SERVICE.line,
  };
}
