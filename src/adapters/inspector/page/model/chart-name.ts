import type { Scene } from './scene.js';

/** The pictures that the page has. */
export type ChartName =
  'authorization' | 'authorization+exchange' | 'authorization+renewal' | 'authorization+signOut';

/** The child machine that runs is opened in place. */
export const neededChart = ({ child }: Pick<Scene, 'child'>): ChartName =>
  child === null || child === 'authorization' ? 'authorization' : `authorization+${child}`;
