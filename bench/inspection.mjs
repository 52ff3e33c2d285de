import { fork } from 'node:child_process';
import { once } from 'node:events';
import { inspectFlow } from '../dist/inspect.js';
import { createClient } from '../dist/node.js';
import { consent, startEmulator, xAt } from '../dist/testing.js';

// What watching costs: processor time of sign-ins in this process. The provider, the person at it, and whoever reads the
// inspector's feed, are in another one.
const SIGN_INS = 10;
const ROUNDS = 20;
const [UNWATCHED, UNWATCHED_TOO] = ['not watched', 'not watched either'];

const [, file, role = '10'] = process.argv;
if (role === 'provider') await provide();
else if (role === 'client') await measure();
else await report(Number(role));

/** What is compiled to what, and where it lies, differs from one process to the next. */
async function report(processes) {
  const costs = {};
  for (let nth = 0; nth < processes; nth++) {
    const client = fork(file, ['client']);
    const [measured] = await once(client, 'message', { signal: endOf(client) });
    for (const [way, ratios] of Object.entries(measured)) (costs[way] ??= []).push(...ratios);
    await once(client, 'exit');
  }
  console.log('\nProcessor time of a sign-in beside those that are not watched:');
  console.log(`medians of ${processes} processes, ${ROUNDS} rounds in each, ${SIGN_INS} sign-ins a way.\n`);
  for (const [way, ratios] of Object.entries(costs)) {
    console.log(`  ${way.padEnd(38)}${median(ratios).toFixed(2)}`);
  }
}

/** Aborts what waits for words of a process that has none any more. */
function endOf(child) {
  const end = new AbortController();
  child.once('exit', () => end.abort());
  return end.signal;
}

async function provide() {
  const { endpoints, apps } = await startEmulator({ codeTtl: 600 });
  process.send({ endpoints, app: apps[0] });
  process.on('message', async ({ feed, url }) => {
    if (feed) return read(feed);
    const { callbackUrl } = await consent(url);
    process.send({ callbackUrl });
  });
}

async function read(feed) {
  const response = await fetch(feed).catch(() => undefined);
  try {
    for await (const chunk of response?.body ?? []) void chunk;
  } catch {
    // The client has closed.
  }
}

async function measure() {
  const provider = fork(file, ['provider']);
  const [{ endpoints, app }] = await once(provider, 'message');
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
  const showInspector = ({ url }) => provider.send({ feed: new URL('feed', url).href });
  const callbackOf = async (url) => {
    provider.send({ url });
    const [{ callbackUrl }] = await once(provider, 'message');
    return callbackUrl;
  };
  const before = watchedBy(() => {});
  before.stop();
  const ways = {
    [UNWATCHED]: clientOf(),
    [UNWATCHED_TOO]: clientOf(),
    'no longer watched': before.client,
    'inspectFlow(client, () => {})': watchedBy(() => {}).client,
    'inspectFlow(client, JSON.stringify)': watchedBy(JSON.stringify).client,
    'inspect: true, its page open': clientOf({ inspect: true, showInspector }),
  };
  const costs = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (const client of Object.values(ways)) await signIns(client, callbackOf, 10 * SIGN_INS);
  for (let round = 0; round < ROUNDS; round++) {
    const order = Object.keys(ways).toSorted(() => Math.random() - 0.5);
    const spent = {};
    for (const way of order) spent[way] = await signIns(ways[way], callbackOf, SIGN_INS);
    // What the machine does beside it changes in minutes: only what was measured together is compared.
    const base = (spent[UNWATCHED] + spent[UNWATCHED_TOO]) / 2;
    for (const way of order) costs[way].push(spent[way] / base);
  }
  await Promise.all(Object.values(ways).map((client) => client.close()));
  provider.kill();
  process.send(costs);
  process.disconnect();
}

/** Microseconds of this process for one of them, with all that it does meanwhile. */
async function signIns(client, callbackOf, count) {
  const beginning = process.cpuUsage();
  for (let nth = 0; nth < count; nth++) {
    const { url } = await client.begin();
    await client.complete(await callbackOf(url));
  }
  const { user, system } = process.cpuUsage(beginning);
  return (user + system) / count;
}

function median(numbers) {
  return numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
}
