import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';

/** Leaves a test out, and says so, where a program that npm cannot bring is not installed. */
export const needs =
  (program: string) =>
  ({ skip }: TestContext): void =>
    skip(spawnSync(program, ['--version']).error !== undefined, `${program} is not installed`);
