import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspectFlow } from '../dist/inspect.js';
import { consent, createTestClient, startEmulator, xAt } from '../dist/testing.js';

// What watching costs: processor time of sign-ins in this process, while the provider runs in another.
const SIGN_INS = 40;
const ROUNDS = Number(process.argv[2] ?? 25);

if (process.send) await provide();
else await measure();

async function provide() {
  const { endpoints, apps } = await startEmulator({ codeTtl: 600 });
  process.send({ endpoints, app: apps[0] });
}

async function measure() {
  const provider = fork(fileURLToPath(import.meta.url));
  const { endpoints, app } = await new Promise((resolve) => provider.once('message', resolve));
  const client = createTestClient({
    provider: xAt(endpoints),
    clientId: app.client_id,
    redirectUri: app.redirect_uris[0],
    ...(app.client_secret && { clientSecret: app.client_secret }),
  });
  const ways = {
    'not watched': () => () => {},
    'watched once, no more': () => (inspectFlow(client, () => {})(), () => {}),
    'watched, told to nobody': () => inspectFlow(client, () => {}),
    'watched, as JSON': () => inspectFlow(client, (event) => void JSON.stringify(event)),
  };
  const costs = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  await signIns(client, 2 * SIGN_INS);
  for (let round = 0; round < ROUNDS; round++) {
    const order = Object.keys(ways).toSorted(() => Math.random() - 0.5);
    for (const way of order) {
      const stop = ways[way]();
      costs[way].push(await signIns(client, SIGN_INS));
      stop();
    }
  }
  provider.kill();
  await client.close();
  const base = costs['not watched'];
  console.log(
    `\nProcessor time of a sign-in, beside one that is not watched (median of ${ROUNDS} rounds of ${SIGN_INS})\n`,
  );
  for (const [way, spent] of Object.entries(costs)) {
    const ratio = median(spent.map((cost, round) => cost / base[round]));
    console.log(`  ${way.padEnd(24)}${ratio.toFixed(2).padStart(6)}`);
  }
}

/** Milliseconds of this process for one of them. The person at the provider is not counted. */
async function signIns(client, count) {
  let spent = 0;
  for (let nth = 0; nth < count; nth++) {
    const begun = process.cpuUsage();
    const { url } = await client.begin();
    spent += total(process.cpuUsage(begun));
    const { callbackUrl } = await consent(url);
    const completing = process.cpuUsage();
    await client.complete(callbackUrl);
    spent += total(process.cpuUsage(completing));
  }
  return spent / count / 1000;
}

function total({ user, system }) {
  return user + system;
}

function median(numbers) {
  return numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
}
