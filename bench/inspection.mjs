import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspectFlow } from '../dist/inspect.js';
import { createClient } from '../dist/node.js';
import { consent, startEmulator, xAt } from '../dist/testing.js';

// What watching costs: processor time of sign-ins in this process. The provider, and whoever reads the inspector's feed, run
// in another one.
const SIGN_INS = 20;
const ROUNDS = Number(process.argv[2] ?? 40);

if (process.send) await provide();
else await measure();

async function provide() {
  const { endpoints, apps } = await startEmulator({ codeTtl: 600 });
  process.send({ endpoints, app: apps[0] });
  process.on('message', async (feed) => {
    const response = await fetch(feed).catch(() => undefined);
    try {
      for await (const chunk of response?.body ?? []) void chunk;
    } catch {
      // The client has closed.
    }
  });
}

async function measure() {
  const provider = fork(fileURLToPath(import.meta.url));
  const { endpoints, app } = await new Promise((resolve) => provider.once('message', resolve));
  const clientOf = (options) =>
    createClient({
      provider: xAt(endpoints),
      clientId: app.client_id,
      redirectUri: app.redirect_uris[0],
      ...options,
    });
  const watchedBy = (sink) => {
    const client = clientOf();
    return { client, stop: inspectFlow(client, sink) };
  };
  const showInspector = ({ url }) => provider.send(new URL('feed', url).href);
  const once = watchedBy(() => {});
  once.stop();
  const ways = {
    'not watched': clientOf(),
    'no longer watched': once.client,
    'inspectFlow(client, () => {})': watchedBy(() => {}).client,
    'inspectFlow(client, JSON.stringify)': watchedBy(JSON.stringify).client,
    'inspect: true, its page open': clientOf({ inspect: true, showInspector }),
  };
  const costs = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (const client of Object.values(ways)) await signIns(client, 5 * SIGN_INS);
  for (let round = 0; round < ROUNDS; round++) {
    const order = Object.keys(ways).toSorted(() => Math.random() - 0.5);
    for (const way of order) costs[way].push(await signIns(ways[way], SIGN_INS));
  }
  await Promise.all(Object.values(ways).map((client) => client.close()));
  provider.kill();
  const base = median(costs['not watched']);
  console.log('\nProcessor time of a sign-in beside one that is not watched:');
  console.log(`medians of ${ROUNDS} rounds, each of ${SIGN_INS} sign-ins.\n`);
  for (const [way, spent] of Object.entries(costs)) {
    console.log(`  ${way.padEnd(38)}${(median(spent) / base).toFixed(2)}`);
  }
}

/** Microseconds of this process for one of them. The person at the provider is not counted. */
async function signIns(client, count) {
  let spent = 0;
  for (let nth = 0; nth < count; nth++) {
    const beginning = process.cpuUsage();
    const { url } = await client.begin();
    spent += total(process.cpuUsage(beginning));
    const { callbackUrl } = await consent(url);
    const completing = process.cpuUsage();
    await client.complete(callbackUrl);
    spent += total(process.cpuUsage(completing));
  }
  return spent / count;
}

function total({ user, system }) {
  return user + system;
}

function median(numbers) {
  return numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
}
