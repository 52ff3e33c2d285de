import type { OutlineState } from './chart.js';
import { widthOf } from './text.js';

/** Pixels. The texts of a style must not be larger. */
export const TITLE = { size: 13, line: 17 };
export const SERVICE = { size: 11, line: 14 };
export const LABEL = { size: 12, line: 14 };
/** The dot where a machine begins. */
export const MARKER = 10;
/** Around the whole. */
export const MARGIN = 16;
/** In a compound state, around what is in it. */
export const PADDING = 14;

const BOLD = 1.1;
const SIDE = 10;

export function boxSize({ key, invokes }: OutlineState): { readonly width: number; readonly height: number } {
  const title = Math.ceil(widthOf(key, TITLE.size) * BOLD);
  const services = invokes.map((name) => widthOf(name, SERVICE.size));
  return {
    width: Math.max(56, title, ...services) + 2 * SIDE,
    height: 13 + TITLE.line + invokes.length * SERVICE.line,
  };
}

/** From the top of a compound state to what is in it. */
export const headOf = ({ invokes }: OutlineState): number => (invokes.length > 0 ? 50 : 36);
