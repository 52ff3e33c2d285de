import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { NO_POSTGRES, startPostgres } from '../support/postgres-server.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { needsRedis, startRedis } from '../support/redis-server.js';
import type { RedisServer } from '../support/redis-server.js';
import { build } from './support/build.js';
import { SEED } from './support/chaos.js';
import { showFigures } from './support/figures.js';
import { runFlows } from './support/flow-run.js';
import type { FlowsRun } from './support/flow-run.js';
import { Random } from './support/random.js';
import { sharedFiles } from './support/shared-files.js';
import { sharedPostgres } from './support/shared-postgres.js';
import { sharedRedis } from './support/shared-redis.js';
import type { SharedStore } from './support/shared-store.js';

let redis: RedisServer | null;
let postgres: PostgresServer | null;
beforeAll(async () => {
  await build();
  redis = await startRedis();
  postgres = await startPostgres();
}, 120_000);
afterAll(async () => {
  await redis?.stop();
  await postgres?.stop();
});

const TIMEOUT = 15 * 60_000;

async function flows(
  context: TestContext,
  shared: SharedStore,
  count: number,
  { kills, speed } = { kills: 0, speed: 1 },
): Promise<FlowsRun> {
  console.log(`seed ${SEED}`);
  try {
    const run = await runFlows({ shared, count, kills, speed, random: new Random(SEED) });
    show(context, shared.name, run);
    expect(run.flows).toHaveLength(count);
    expectNoStranger(run);
    return run;
  } finally {
    await shared.close();
  }
}

function show(context: TestContext, store: string, { flows, requests, kills }: FlowsRun): void {
  const signedIn = flows.filter(({ outcomes }) =>
    outcomes.every(({ outcome }) => outcome === 'signedIn'),
  ).length;
  showFigures(
    context,
    { store },
    {
      flows: flows.length,
      deliveries: flows.flatMap(({ outcomes }) => outcomes).length,
      'codes sent': requests.length,
      'signed in': signedIn,
      interrupted: flows.length - signedIn,
      kills,
    },
  );
}

function expectNoStranger({ flows }: FlowsRun): void {
  for (const { stranger } of flows) {
    expect(stranger).toEqual({ outcome: 'failed', code: 'callback_other_user_agent' });
  }
}

/** Each code was sent once and exchanged, and all who brought it hold the same session. */
function expectOneSessionEach({ flows, requests }: FlowsRun): void {
  expect(requests.map(({ grantType, outcome }) => `${grantType} ${outcome}`)).toEqual(
    flows.map(() => 'authorization_code exchanged'),
  );
  expect(new Set(requests.map(({ fingerprint }) => fingerprint)).size).toBe(flows.length);
  for (const { session, outcomes } of flows) {
    expect(outcomes).toEqual(outcomes.map(() => ({ ...outcomes[0], outcome: 'signedIn', session })));
  }
  const tokens = flows.map(({ outcomes: [first] }) => first?.outcome === 'signedIn' && first.token);
  expect(new Set(tokens).size).toBe(flows.length);
}

describe('sign-ins that begin in one process, whose callbacks are delivered to three others at once', () => {
  it(
    'are each exchanged once, with one outcome for all, over Redis: 1,000 of them',
    async (context) => {
      needsRedis(redis, context);
      expectOneSessionEach(await flows(context, await sharedRedis(redis), 1_000));
    },
    TIMEOUT,
  );

  it(
    'are each exchanged once, with one outcome for all, over PostgreSQL: 1,000 of them',
    async (context) => {
      context.skip(postgres === null, NO_POSTGRES);
      expectOneSessionEach(await flows(context, await sharedPostgres(postgres!), 1_000));
    },
    TIMEOUT,
  );

  it(
    'are each exchanged once, with one outcome for all, over files: 200 of them',
    async (context) => expectOneSessionEach(await flows(context, await sharedFiles(), 200)),
    TIMEOUT,
  );

  it(
    'end in one session or in none, and no code is sent twice, if those who complete are killed meanwhile',
    async (context) => {
      needsRedis(redis, context);
      const {
        flows: all,
        requests,
        kills,
      } = await flows(context, await sharedRedis(redis), 150, { kills: 12, speed: 6 });
      expect(kills).toBeGreaterThan(3);
      expect(all.some(({ outcomes: [first] }) => first?.outcome === 'failed')).toBe(true);
      expect(new Set(requests.map(({ fingerprint }) => fingerprint)).size).toBe(requests.length);
      for (const { session, outcomes } of all) {
        const [first] = outcomes;
        expect(outcomes).toEqual(outcomes.map(() => first));
        if (first?.outcome === 'signedIn') expect(first.session).toBe(session);
        else expect(first).toEqual({ outcome: 'failed', code: 'exchange_interrupted' });
      }
    },
    TIMEOUT,
  );
});
