import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('the lock file', () => {
  let packages: Readonly<Record<string, LockedPackage>>;
  beforeAll(async () => {
    ({ packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as { packages: typeof packages });
  });

  it('names no download address, so that every registry serves it', () => {
    const addressed = Object.values(packages).filter(({ resolved, link }) => resolved !== undefined && !link);
    expect(addressed).toEqual([]);
  });

  // `npm ci` refuses a lock file that was made where a registry or platform left some out.
  it('knows the packages of every platform', () => {
    const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const locked = new Set(
      Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/'))),
    );
    expect(named.filter((name) => !locked.has(`node_modules/${name}`))).toEqual([]);
  });
});
