import { sharedStore, webStore } from 'authchart/browser';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => vi.unstubAllGlobals());

// Server rendering evaluates the modules of a page. Newer versions of Node have some of these globals.
describe.each([
  ['the web store', webStore, 'sessionStorage'],
  ['the shared store', sharedStore, 'IndexedDB'],
])('%s on a server', (_, make, place) => {
  it('can be made, and says when it is used that this is no page', async () => {
    vi.stubGlobal('sessionStorage', undefined);
    vi.stubGlobal('indexedDB', undefined);
    const store = make();
    const refusal = { code: 'store_unavailable', message: expect.stringContaining(`${place} is not there`) };
    await expect(store.read('flow/one')).rejects.toMatchObject(refusal);
    await expect(store.write('flow/one', 'value', { expected: null })).rejects.toMatchObject(refusal);
    await expect(store.remove('flow/one')).rejects.toMatchObject(refusal);
  });
});

it.each([undefined, 7, '', null])('the shared store is not made with %j for a name', (name) => {
  if (name === undefined) expect(() => sharedStore({})).not.toThrow();
  else
    expect(() => sharedStore({ name: name as never })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
});
