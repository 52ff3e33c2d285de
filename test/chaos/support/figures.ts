import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Lines for people: `npm test` shows them, though the test has passed. */
    figures?: string[];
  }
}

/** Shows what one run has counted, aligned with other runs that name the same. */
export function showFigures(
  { task }: TestContext,
  names: Readonly<Record<string, string>>,
  figures: Readonly<Record<string, number>>,
): void {
  const columns = [
    ...Object.entries(names).map(([head, name]) => [head.padEnd(27), name.padEnd(27)] as const),
    ...Object.entries(figures).map(([head, figure]) => [head, String(figure).padStart(head.length)] as const),
  ];
  const lines = ([0, 1] as const).map((row) => columns.map((column) => column[row]).join('  '));
  task.meta.figures = lines;
  console.log(lines.join('\n'));
}
