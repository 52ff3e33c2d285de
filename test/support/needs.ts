import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';

export const isInstalled = (program: string): boolean =>
  spawnSync(program, ['--version']).error === undefined;

/** Leaves a test out, and says so, where a program that npm cannot bring is not installed. */
export const needs =
  (program: string) =>
  ({ skip }: TestContext): void =>
    skip(!isInstalled(program), `${program} is not installed`);
