import fc from 'fast-check';
import { storeConformance } from 'authchart/testing';
import type { ConformanceOptions, StoreUnderTest } from 'authchart/testing';
import { describe, expect, it } from 'vitest';

const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0xd7ff, max: 0xe000 }).map((unit) => String.fromCharCode(unit)) }),
);

/** Judges a store by the suite that users get, each case as a test, and by strings nobody thought of. */
export function conforms(
  name: string,
  make: () => StoreUnderTest | Promise<StoreUnderTest>,
  claims: ConformanceOptions,
): void {
  describe(`${name} conforms to the port`, () => {
    for (const { name, run } of storeConformance(make, claims)) it(name, run);

    it('keys and values: gives back any string under any key, and keeps keys apart', async () => {
      const place = await make();
      const store = await place.open();
      const written = new Map<string, string>();
      try {
        await fc.assert(
          fc.asyncProperty(odd, odd, async (key, value) => {
            const before = await store.read(key);
            expect(before?.value).toBe(written.get(key));
            await store.write(key, value, { expected: before?.version ?? null });
            written.set(key, value);
            expect((await store.read(key))?.value).toBe(value);
          }),
          { numRuns: 60 },
        );
        for (const [key, value] of written) expect((await store.read(key))?.value).toBe(value);
      } finally {
        await place.close?.();
      }
    });
  });
}
