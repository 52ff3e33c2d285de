import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unless } from './faults.js';

const NUMBER = /^(0|[1-9]\d{0,14})$/;

export const versionFile = (folder: string, number: number): string => join(folder, String(number));

/** The numbers of the versions in a folder, ascending; none if there is no folder. */
export async function numbersIn(folder: string): Promise<number[]> {
  return versionNumbers(await unless(['ENOENT'], readdir(folder), []));
}

export function versionNumbers(names: readonly string[]): number[] {
  return names
    .filter((name) => NUMBER.test(name))
    .map(Number)
    .toSorted((one, other) => one - other);
}
