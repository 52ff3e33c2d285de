import type { Client, ClientOptions, Session } from 'authchart';
import { createTestClient, virtualClock } from 'authchart/testing';
import { inspectFlow } from 'authchart/inspect';
import type { FlowEvent } from 'authchart/inspect';
import type { InspectionEvent } from 'xstate';
import { memoryStore } from '../../../src/adapters/memory/memory-store.js';
import type { Clock, Entry, Store } from '../../../src/services/ports.js';
import { x } from '../../../src/services/provider/x.js';
import { fakeX } from './fake-x.js';
import { clockOf, sharedLocks, startLife, storeOf } from './process.js';
import type { Life, Locks, Step } from './process.js';
import { CANARY, countedChance, textOfError, textOfInspection } from './secrets.js';

/** `halfUp`: reads work, writes fail. `fickle`: two of five writes fail. `deaf`: writes happen, and their answers get lost. */
export const storeMoods = ['up', 'down', 'halfUp', 'fickle', 'deaf'] as const;
export type StoreMood = (typeof storeMoods)[number];

export interface Process {
  readonly client: Client;
  readonly life: Life;
  readonly clock: ReturnType<typeof clockOf>;
  /** Survives a sign-out, as the variable of an application does. */
  session: Session | null;
}

export type Ending<Result> =
  | { readonly value: Result; readonly failed: null }
  | { readonly value: null; readonly failed: { readonly code: string } };

export const redirectUri = 'https://app.example/callback';

export function callbackOf(parameters: Record<string, string>): string {
  return `${redirectUri}?${new URLSearchParams(parameters)}`;
}

interface Settings {
  readonly options?: Partial<ClientOptions>;
  readonly locks?: Locks;
  readonly watch?: boolean;
  /** Whether what an inspector sees is searched for secrets. */
  readonly inspect?: boolean;
  readonly pause?: (step: Step) => Promise<unknown> | undefined;
  /** A store that is not what it should be. */
  readonly tamper?: (store: Store) => Store;
}

const PATIENCE = 15 * 60_000;
const RUSH = 2_000;

/** One store, one provider, one time, and the processes that share them. */
export function createWorld(settings: Settings = {}) {
  const { options = {}, locks = sharedLocks, watch = true, inspect = true, pause } = settings;
  const clock = virtualClock();
  const verifierDraws = new Set<string>();
  const store = watchedStore(clock, verifierDraws, watch);
  const shared = settings.tamper?.(store) ?? store;
  const provider = fakeX(clock, {
    storeFaults: () => store.faults,
    isStored: (token) => store.hasHeld(token),
  });
  const processes = new Set<Process>();
  const inspected: InspectionEvent[] = [];
  const streamed: FlowEvent[] = [];
  const signOuts: {
    readonly by: Life;
    readonly at: number;
    readonly cleared: boolean;
    readonly grants: ReadonlySet<object>;
  }[] = [];
  const violations = new Set<string>();
  let [lately, moment, started] = [0, 0, 0];

  /** Whoever does so much in no time will go on for ever. It is stopped, so that the test can tell. */
  function restrain(): unknown {
    if (moment !== clock.elapsed()) [lately, moment] = [0, clock.elapsed()];
    if (++lately < RUSH) return undefined;
    violations.add('Work that goes on and on while no time passes.');
    return new Promise(() => {});
  }

  function start(): Process {
    const name = `process ${++started}`;
    const life = startLife(name, (step) => restrain() ?? pause?.(step));
    const view = clockOf(life, clock);
    const client = createTestClient({
      provider: x,
      clientId: 'client',
      clientSecret: `${CANARY}-client-secret`,
      redirectUri,
      scopes: ['tweet.read', 'users.read', 'offline.access'],
      ...options,
      ...(inspect && { inspect: (event: InspectionEvent) => void inspected.push(event) }),
      runtime: {
        clock: view,
        cryptography: countedChance(name, verifierDraws),
        transport: provider.transportOf(life, view),
        store: storeOf(life, shared, locks),
        keepAlive: () => () => {},
      },
    });
    if (inspect) inspectFlow(client, (event) => void streamed.push(event));
    const process: Process = { client, life, clock: view, session: null };
    processes.add(process);
    return process;
  }

  /** Lets time pass until work is done; whoever waits longer than anybody would is sent away. */
  async function finish<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    patience = PATIENCE,
  ): Promise<Ending<Result>> {
    const leaving = new AbortController();
    let ending: Ending<Result> | null = null;
    work(leaving.signal).then(
      (value) => (ending = { value, failed: null }),
      (error: { code: string }) => {
        if (textOfError(error).includes(CANARY)) violations.add(`A secret in an error: ${error.code}.`);
        ending = { value: null, failed: error };
      },
    );
    await clock.advance(0);
    for (let slices = 0, passed = 0; !ending && passed < patience; slices++) {
      const slice = slices < 20 ? 250 : 5_000;
      passed += slice;
      await clock.advance(slice);
    }
    leaving.abort();
    await clock.advance(0);
    return ending ?? { value: null, failed: { code: 'stuck' } };
  }

  /** It is not told: whatever it awaits never comes. */
  function kill(process: Process): void {
    process.life.end();
    processes.delete(process);
  }

  async function close(process: Process): Promise<void> {
    const { failed } = await finish(() => process.client.close());
    if (failed) violations.add(`close() did not end: ${failed.code}.`);
    kill(process);
  }

  const grantsIn = (text: string): object[] =>
    [...provider.tokens.values()].flatMap(({ value, family }) =>
      text.includes(`"${value}"`) ? [family] : [],
    );
  const allGrants = () => new Set([...provider.tokens.values()].map(({ family }) => family));

  return {
    clock,
    store,
    provider,
    verifierDraws,
    start,
    finish,
    kill,
    close,

    /** Somebody was shown a session. */
    signedIn(): void {
      if (![...provider.tokens.values()].some(({ valid }) => valid)) {
        violations.add('Signed in without a valid response.');
      }
    },

    /** A process was given this access token to use. */
    handedOut(process: Process, value: string): void {
      const token = provider.tokens.get(value);
      if (token?.kind !== 'access') return void violations.add('A token that nobody issued was handed out.');
      if (!token.valid) violations.add('A token that came in no valid response was handed out.');
      if (process.clock.now() >= token.expiresAt) violations.add('An expired access token was handed out.');
      for (const { by, at, cleared, grants } of signOuts) {
        if (!grants.has(token.family)) continue;
        if (by === process.life) violations.add('A token was handed out after sign-out.');
        else if (cleared && clock.elapsed() - at >= 5_000) {
          violations.add('A token was handed out long after a sign-out elsewhere.');
        }
      }
    },

    /** The grants whose tokens are in a session record now. */
    grantsInStore: () => new Set(grantsIn(store.textOf('session/'))),

    /** A process signed out of these grants; of all there are, if nobody says which. */
    signedOut(process: Process, cleared: boolean, grants: ReadonlySet<object> = allGrants()): void {
      signOuts.push({ by: process.life, at: clock.elapsed(), cleared, grants });
      if (cleared && grantsIn(store.textOf('session/')).some((grant) => grants.has(grant))) {
        violations.add('A token in the store after sign-out.');
      }
    },

    /** What must be true at any time; tells what is not, and forgets what it has looked at. */
    broken(): string[] {
      const texts = inspected.splice(0).map(textOfInspection);
      const leaks = texts.some((text) => text.includes(CANARY)) ? ['A secret in an inspection event.'] : [];
      const stream = JSON.stringify(streamed.splice(0)).includes(CANARY) ? ['A secret in the stream.'] : [];
      return [...violations, ...provider.violations, ...store.violations, ...leaks, ...stream];
    },

    async end(): Promise<void> {
      for (const process of processes) await close(process);
    },
  };
}

export type World = ReturnType<typeof createWorld>;

/** A memory store that fails on demand and looks at every record that enters it. */
function watchedStore(clock: Clock, verifierDraws: ReadonlySet<string>, watch: boolean) {
  const inner = memoryStore({ clock });
  const values = new Map<string, string>();
  const versions = new Map<string, string>();
  const seen: string[] = [];
  const writes = { protocol: 0, log: 0 };
  const violations = new Set<string>();

  // What is written down beside the protocol neither excuses anything, nor shifts which of its calls fail.
  const isLog = (key: string) => /^(log|flowLog)\//.test(key);

  const fail = (key: string, value = ''): never => {
    if (!isLog(key)) self.faults += 1;
    throw new Error(`no answer for ${key} ${value}`);
  };

  /** Codes and states are nowhere; a verifier is in the pending record of its flow and nowhere else. */
  function look(key: string, value: string): void {
    seen.push(value);
    values.set(key, value);
    const record = JSON.parse(value) as { readonly status: string; readonly verifier?: string };
    const draws = [...verifierDraws].filter((draw) => `${key} ${value}`.includes(draw));
    const allowed = record.status === 'pending' && draws.length === 1 && draws[0] === record.verifier;
    if (draws.length > 0 && !allowed) violations.add(`A state or verifier in a ${record.status} record.`);
    if (isLog(key) && value.includes(CANARY)) violations.add('A secret in a log.');
    if (value.includes(`${CANARY}-code`)) violations.add('A code in a record.');
    if (value.includes(`${CANARY}-cookie`)) violations.add('What binds a user agent, in a record.');
  }

  const self = {
    mood: 'up' as StoreMood,
    faults: 0,
    violations,
    /** All that later calls can find out. */
    digest: () => JSON.stringify([self.mood, self.faults, [...values], [...versions]]),
    hasHeld: (token: string) => seen.some((value) => value.includes(`"${token}"`)),
    textOf: (prefix: string) =>
      [...values].flatMap(([key, value]) => (key.startsWith(prefix) ? [value] : [])).join('\n'),
    async read(key: string): Promise<Entry | undefined> {
      if (self.mood === 'down') fail(key);
      return inner.read(key);
    },
    async write(key: string, value: string, options: Parameters<Store['write']>[2]) {
      const nth = ++writes[isLog(key) ? 'log' : 'protocol'];
      if (self.mood === 'down' || self.mood === 'halfUp') fail(key, value);
      if (self.mood === 'fickle' && (nth * 7) % 5 < 2) fail(key, value);
      const result = await inner.write(key, value, options);
      if (result.written) {
        versions.set(key, result.version);
        look(key, value);
      }
      if (self.mood === 'deaf') fail(key, value);
      return result;
    },
    async remove(key: string, options?: { readonly expected?: string }) {
      if (self.mood !== 'up') fail(key);
      return inner.remove(key, options);
    },
    async lock(key: string, options: Parameters<Store['lock']>[1]) {
      if (self.mood === 'down') fail(key);
      return inner.lock(key, options);
    },
    ...(watch && { watch: (key: string, listener: () => void) => inner.watch!(key, listener) }),
  };
  return self;
}
