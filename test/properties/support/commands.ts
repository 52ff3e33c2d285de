import type { Session } from 'authchart';
import fc from 'fast-check';
import { expect } from 'vitest';
import { moods } from './fake-x.js';
import type { Mood } from './fake-x.js';
import { CANARY } from './secrets.js';
import { callbackOf, createWorld, storeMoods } from './world.js';
import type { Ending, Process, StoreMood, World } from './world.js';

const HOUR = 3_600_000;

/** What became of a flow: the code it was settled with, `null` if none, and the outcome. */
type Fate = 'pending' | 'unsure' | { readonly code: string | null; readonly outcome: string };

interface Flow {
  readonly state: string;
  readonly code: string;
  readonly boundTo: string | null;
  readonly expiresAt: number;
  readonly begunAt: number;
  readonly vanishesAt: number;
  fate: Fate;
}

/** What should be true of the real thing, as far as nothing disturbed it. */
interface Model {
  flows: Flow[];
  store: StoreMood;
  provider: Mood;
  signedIn: boolean | 'unsure';
  /** The processes that no fault has touched since they were last seen to be right. */
  readonly sure: Set<number>;
  /** Processes that signed out while the store was down: they end whatever began before that by their own clocks. */
  readonly burying: Set<Process>;
}

interface Real {
  readonly world: World;
  readonly processes: Process[];
}

interface Context {
  readonly model: Model;
  readonly world: World;
  readonly processes: Process[];
  readonly process: Process;
  readonly at: number;
}

type Run = (context: Context) => Promise<unknown>;
type Variant = 'good' | 'otherCode' | 'otherAgent' | 'wrongState' | 'denied';

const PROCESSES = 2;

export function begin(): { model: Model; real: Real } {
  const world = createWorld();
  const processes = Array.from({ length: PROCESSES }, () => world.start());
  const model: Model = {
    flows: [],
    store: 'up',
    provider: 'ok',
    signedIn: false,
    sure: new Set([0, 1]),
    burying: new Set(),
  };
  return { model, real: { world, processes } };
}

const isHealthy = ({ store, provider }: Model) => store === 'up' && provider === 'ok';

/** After a fault or a crash nothing is certain but the invariants. */
function disturb(model: Model): void {
  model.sure.clear();
  model.signedIn = 'unsure';
}

function command(name: string, at: number, run: Run, check: (model: Model) => boolean = () => true) {
  return {
    toString: () => name,
    check: (model: Readonly<Model>) => check(model),
    async run(model: Model, { world, processes }: Real) {
      if (!isHealthy(model)) model.sure.clear();
      await run({ model, world, processes, process: processes[at]!, at });
      expect(world.broken()).toEqual([]);
    },
  };
}

function authorized({ model, process, at }: Context, session: Session): void {
  process.session = session;
  const others = [...model.burying].some((other) => other !== process && other.life.alive);
  if (!isHealthy(model) || others) return disturb(model);
  model.signedIn = true;
  model.sure.add(at);
}

const codeOf = ({ failed }: Ending<unknown>) => failed?.code ?? 'session';

async function doBegin({ model, world, process }: Context, cookie: boolean): Promise<void> {
  const boundTo = cookie ? `${CANARY}-cookie-${model.flows.length}` : null;
  const begun = await world.finish((signal) =>
    process.client.begin({ signal, ...(boundTo === null ? {} : { boundTo }) }),
  );
  if (begun.failed) {
    expect(begun.failed.code).toBe('store_unavailable');
    return void expect(model.store).not.toBe('up');
  }
  const { url, state, expiresAt } = begun.value;
  const code = world.provider.consent(url);
  expect(code.state).toBe(state);
  const begunAt = world.clock.elapsed();
  const fate = model.store === 'up' ? 'pending' : 'unsure';
  model.flows.push({
    state,
    code: code.value,
    boundTo,
    expiresAt,
    begunAt,
    vanishesAt: begunAt + expiresAt - process.clock.now(),
    fate,
  });
}

interface Callback {
  readonly flow: Flow;
  readonly variant: Variant;
  readonly code: string;
}

async function doComplete(context: Context, flow: Flow, variant: Variant): Promise<void> {
  const { model, world } = context;
  const code = variant === 'otherCode' ? `${CANARY}-code-of-another` : flow.code;
  const callback = { flow, variant, code };
  const expected = expectedOutcome(context, callback);
  const before = world.provider.exchanges;
  const ending = await complete(context, callback);
  const outcome = codeOf(ending);
  if (expected !== null) expect(outcome).toBe(expected);
  const isOver = flow.fate !== 'pending' && model.signedIn === false && model.sure.has(context.at);
  if (variant !== 'good' || (isOver && flow.fate !== 'unsure')) expect(outcome).not.toBe('session');
  if (flow.fate !== 'pending' && flow.fate !== 'unsure') expect(world.provider.exchanges).toBe(before);
  if (ending.value && flow.fate === 'pending') authorized(context, ending.value);
  else if (ending.value) {
    context.process.session = ending.value;
    if (flow.fate === 'unsure') disturb(model);
  }
  if (!isHealthy(model) && flow.fate === 'pending') flow.fate = 'unsure';
  if (variant === 'good' || variant === 'otherCode' || variant === 'denied') settle(world, callback, outcome);
}

const complete = (context: Context, callback: Callback): Promise<Ending<Session>> =>
  context.world.finish((signal) => deliver(context, callback, signal));

function deliver(
  { world, process }: Context,
  { flow, variant, code }: Callback,
  signal?: AbortSignal,
): Promise<Session> {
  const state =
    variant === 'wrongState' ? flow.state.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) : flow.state;
  const boundTo = variant === 'otherAgent' ? `${CANARY}-cookie-of-another` : flow.boundTo;
  const inTime = process.clock.now() < flow.expiresAt;
  if (inTime && (variant === 'good' || variant === 'otherCode')) world.provider.deliver(flow.state, code);
  const callback = callbackOf(variant === 'denied' ? { state, error: 'access_denied' } : { state, code });
  return process.client.complete(callback, {
    ...(signal && { signal }),
    ...(boundTo === null ? {} : { boundTo }),
  });
}

/** `null` where faults leave several answers open. */
function expectedOutcome(
  { model, world, process }: Context,
  { flow, variant, code }: Callback,
): string | null {
  if (model.store !== 'up') return null;
  // Receipts end a day after their deadline.
  if (world.clock.elapsed() - flow.begunAt > 20 * HOUR) return null;
  if (variant === 'wrongState') return 'callback_unknown';
  const { fate } = flow;
  // Nothing is left of it that could tell user agents apart.
  if (fate === 'pending' && world.clock.elapsed() >= flow.vanishesAt) return 'callback_expired';
  if (fate === 'unsure') return null;
  if (variant === 'otherAgent') return 'callback_other_user_agent';
  if (fate === 'pending') {
    if (process.clock.now() >= flow.expiresAt) return 'callback_expired';
    if (variant === 'denied') return 'access_denied';
    if (model.provider !== 'ok') return null;
    const inTime = world.clock.elapsed() - world.provider.codes.get(flow.code)!.issuedAt < 30_000;
    return variant === 'good' && inTime ? 'session' : 'code_refused';
  }
  if (variant === 'denied')
    return fate.outcome === 'access_denied' ? 'access_denied' : 'callback_already_used';
  if (fate.code === null) return fate.outcome;
  if (fate.code !== code) return 'callback_already_used';
  // The session it made may have ended since.
  return fate.outcome === 'session' ? null : fate.outcome;
}

function settle({ clock }: World, { flow, variant, code }: Callback, outcome: string): void {
  if (flow.fate !== 'pending' || clock.elapsed() >= flow.vanishesAt) return;
  if (outcome === 'callback_expired' || variant === 'denied') flow.fate = { code: null, outcome };
  else flow.fate = { code, outcome };
}

async function doUse(
  context: Context,
  use: (session: Session, signal: AbortSignal) => Promise<string | null>,
) {
  const { model, world, process, at } = context;
  const { session } = process;
  if (!session) return;
  const ending = await world.finish((signal) => use(session, signal));
  if (ending.value !== null) world.handedOut(process, ending.value);
  if (isHealthy(model) && model.sure.has(at) && model.signedIn === true)
    expect(codeOf(ending)).toBe('session');
  if (ending.value !== null && isHealthy(model) && model.signedIn === true) model.sure.add(at);
  if (!isHealthy(model)) disturb(model);
}

const accessToken = (session: Session, signal: AbortSignal) => session.accessToken({ signal });
const renew = async (session: Session, signal: AbortSignal) => {
  await session.renew({ signal });
  return session.accessToken({ signal });
};
const callApi = async (session: Session, signal: AbortSignal) => {
  const response = await session.fetch('https://api.x.com/2/users/me', { signal });
  if (!response.ok) throw Object.assign(new Error('The API refused.'), { code: `status ${response.status}` });
  return null;
};

async function doSignOut({ model, world, process }: Context): Promise<void> {
  const { session } = process;
  if (!session) return;
  const { value: report, failed } = await world.finish((signal) => session.signOut({ signal }));
  expect(failed).toBeNull();
  world.signedOut(process, report!.cleared);
  if (!report!.cleared) model.burying.add(process);
  if (model.store === 'up') {
    expect(report!.cleared).toBe(true);
    model.signedIn = model.sure.size === PROCESSES ? false : 'unsure';
  } else disturb(model);
  if (isHealthy(model)) expect(report!.revocations.every(({ revoked }) => revoked)).toBe(true);
}

async function doLook(context: Context): Promise<void> {
  const { model, world, process, at } = context;
  const { value: session, failed } = await world.finish((signal) =>
    process.client.session('default', { signal }),
  );
  if (session) process.session = session;
  if (!isHealthy(model) || !model.sure.has(at)) return;
  expect(failed).toBeNull();
  if (model.signedIn !== 'unsure') expect(session !== null).toBe(model.signedIn);
}

/** Whatever happened before: it is told, without a secret, and not against what is known. */
async function doExplain({ model, world, process, at }: Context): Promise<void> {
  const asked = [
    () => process.client.authorization().session.explain(),
    ...model.flows.slice(-2).map((flow) => () => process.client.explain(flow.state)),
  ];
  for (const [index, ask] of asked.entries()) {
    const { value, failed } = await world.finish(ask);
    expect(failed).toBeNull();
    expect(JSON.stringify(value)).not.toContain(CANARY);
    for (const { state } of model.flows) expect(JSON.stringify(value)).not.toContain(state);
    const isKnown = isHealthy(model) && model.sure.has(at) && model.signedIn !== 'unsure';
    if (index === 0 && isKnown) expect(value!.standing === 'signedIn').toBe(model.signedIn);
  }
}

async function doAdopt(context: Context, lifetime: number): Promise<void> {
  const { world, process } = context;
  const { access, refresh } = world.provider.grant(process.clock.now(), { lifetime });
  const tokens = { access_token: access.value, refresh_token: refresh.value, expires_in: lifetime };
  const { value, failed } = await world.finish((signal) => process.client.adopt(tokens, { signal }));
  if (value) authorized(context, value);
  else {
    disturb(context.model);
    expect([failed.code, context.model.store]).not.toEqual([expect.anything(), 'up']);
  }
}

async function doRestart({ model, world, processes, process, at }: Context): Promise<void> {
  await world.close(process);
  processes[at] = world.start();
  if (!isHealthy(model)) disturb(model);
}

/** Dies at one of its steps, in the middle of what it was doing. */
async function doCrash(
  context: Context,
  steps: number,
  what: 'complete' | 'renew' | 'signOut',
): Promise<void> {
  const { model, world, processes, process, at } = context;
  const flow = model.flows.at(-1);
  process.life.dieIn(steps);
  if (what === 'complete' && flow) {
    flow.fate = 'unsure';
    // Not finished: who waits for a process that has died would let time pass for all the others.
    void deliver(context, { flow, variant: 'good', code: flow.code }).catch(() => null);
  } else if (what === 'renew') void process.session?.renew().catch(() => null);
  else void process.session?.signOut().catch(() => null);
  await world.clock.advance(2_000);
  world.kill(process);
  processes[at] = world.start();
  disturb(model);
}

const atProcess = fc.nat(PROCESSES - 1);
const some = (model: Model) => model.flows.length > 0;
const flowOf = (model: Model, index: number) => model.flows.at(-1 - (index % model.flows.length))!;
const variants: Variant[] = ['good', 'good', 'good', 'otherCode', 'otherAgent', 'wrongState', 'denied'];
const spans = [1_000, 4_000, 6_000, 25_000, 60_000, 10 * 60_000, 2 * HOUR - 20_000, 2 * HOUR, 26 * HOUR];

const use = (name: string, how: Parameters<typeof doUse>[1]) =>
  atProcess.map((at) => command(`${name} at ${at}`, at, (context) => doUse(context, how)));

const weather = fc.oneof(
  fc.constantFrom(...storeMoods).map((mood) =>
    command(`the store is ${mood}`, 0, async ({ model, world }) => {
      model.store = world.store.mood = mood;
    }),
  ),
  fc.constantFrom(...moods).map((mood) =>
    command(`the provider is ${mood}`, 0, async ({ model, world }) => {
      model.provider = world.provider.mood = mood;
    }),
  ),
  fc.constant(
    command('all is well', 0, async ({ model, world }) => {
      model.store = world.store.mood = 'up';
      model.provider = world.provider.mood = 'ok';
    }),
  ),
);

const completing = fc
  .tuple(atProcess, fc.nat(3), fc.constantFrom(...variants))
  .map(([at, index, variant]) =>
    command(
      `complete ${variant} flow -${index} at ${at}`,
      at,
      (context) => doComplete(context, flowOf(context.model, index), variant),
      some,
    ),
  );
const beginning = fc
  .tuple(atProcess, fc.boolean())
  .map(([at, cookie]) =>
    command(`begin at ${at}${cookie ? ' with a cookie' : ''}`, at, (context) => doBegin(context, cookie)),
  );

const signingIn = fc.tuple(atProcess, atProcess).map(([at, to]) =>
  command(`sign in at ${at}, completing at ${to}`, at, async (context) => {
    const before = context.model.flows.length;
    await doBegin(context, false);
    const flow = context.model.flows[before];
    if (flow) await doComplete({ ...context, process: context.processes[to]!, at: to }, flow, 'good');
  }),
);

/** The same under one fault, which is over when it is done. */
const troubled = fc
  .tuple(
    atProcess,
    fc.constantFrom('renew', 'sign in', 'sign out', 'replay'),
    fc.oneof(fc.constantFrom(...storeMoods), fc.constantFrom(...moods)),
  )
  .map(([at, what, mood]) =>
    command(`${what} at ${at} while it is ${mood}`, at, async (context) => {
      const { model, world } = context;
      const isStore = (storeMoods as readonly string[]).includes(mood);
      if (what === 'sign in') await doBegin(context, false);
      if (isStore) model.store = world.store.mood = mood as StoreMood;
      else model.provider = world.provider.mood = mood as Mood;
      const flow = model.flows.at(what === 'sign in' ? -1 : -2) ?? model.flows.at(-1);
      if (what === 'renew') await doUse(context, renew);
      else if (what === 'sign out') await doSignOut(context);
      else if (flow) await doComplete(context, flow, 'good');
      model.store = world.store.mood = 'up';
      model.provider = world.provider.mood = 'ok';
    }),
  );

const passing = fc.constantFrom(...spans).map((span) =>
  command(`${span / 1000} s pass`, 0, async ({ model, world }) => {
    if (!isHealthy(model)) disturb(model);
    await world.clock.advance(span);
  }),
);

const rare = fc.oneof(
  fc
    .tuple(atProcess, fc.constantFrom(-3 * HOUR, -60_000, 60_000, 3 * HOUR))
    .map(([at, span]) =>
      command(`the clock of ${at} jumps by ${span / 1000} s`, at, async ({ process }) =>
        process.clock.jump(span),
      ),
    ),
  atProcess.map((at) => command(`restart ${at}`, at, doRestart)),
  fc
    .tuple(atProcess, fc.nat(16), fc.constantFrom('complete', 'renew', 'signOut'))
    .map(([at, steps, what]) =>
      command(`crash ${at} at step ${steps} of ${what}`, at, (context) => doCrash(context, steps, what)),
    ),
  fc.constant(
    command('the person revokes', 0, async ({ model, world }) => {
      world.provider.revokeAll();
      disturb(model);
    }),
  ),
  fc.constant(command('the access token dies', 0, async ({ world }) => world.provider.killAccessTokens())),
  fc
    .tuple(atProcess, fc.constantFrom(7200, 0))
    .map(([at, lifetime]) =>
      command(`adopt for ${lifetime} s at ${at}`, at, (context) => doAdopt(context, lifetime)),
    ),
);

/** Everything a person, an application, a network and an administrator do. */
export const commands = [
  signingIn,
  beginning,
  completing,
  completing,
  use('accessToken', accessToken),
  use('renew', renew),
  use('fetch', callApi),
  atProcess.map((at) => command(`sign out at ${at}`, at, doSignOut)),
  atProcess.map((at) => command(`look at ${at}`, at, doLook)),
  atProcess.map((at) => command(`ask ${at} why`, at, doExplain)),
  troubled,
  passing,
  weather,
  rare,
];
