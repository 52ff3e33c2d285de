import type { Authorization, AuthorizationView, Client } from 'authchart';
import { vi } from 'vitest';

const NOBODY: AuthorizationView = {
  status: 'signedOut',
  signedIn: false,
  busy: false,
  retryable: false,
  info: null,
  failure: null,
};

/** A client whose view is the test's to say. */
export function scripted(first: Partial<AuthorizationView> = {}) {
  let view = { ...NOBODY, ...first };
  const listeners = new Set<() => void>();
  const authorization = {
    session: { name: 'default' },
    getSnapshot: vi.fn(() => view),
    getServerSnapshot: () => NOBODY,
    subscribe: vi.fn((listener: () => void) => {
      const own = () => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    }),
    signIn: vi.fn(),
    prepare: vi.fn(),
    open: vi.fn(),
    cancel: vi.fn(),
    retry: vi.fn(),
    signOut: vi.fn(),
  };
  return {
    client: {
      authorization: (() => authorization as unknown as Authorization) as Client['authorization'],
    } as Client,
    authorization,
    listeners,
    show(change: Partial<AuthorizationView>) {
      view = { ...view, ...change };
      for (const listener of listeners) listener();
    },
  };
}
