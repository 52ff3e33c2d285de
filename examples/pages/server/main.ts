import { once } from 'node:events';
import { startEmulator } from 'authchart/testing';
import { buildPage, pages } from './build-page.js';
import { servePage } from './serve-page.js';

const write = (text: string) => void process.stdout.write(text);

const { PORT: port = '8978', STORE: chosen } = process.env;
const store = chosen === 'shared' ? 'shared' : 'memory';
const page = pages.find((name) => name === process.argv[2]) ?? 'plain';

// Stands for X, its consent page and its API.
const emulator = await startEmulator({
  users: [
    { id: '1790000000000000003', username: 'ada', name: 'Ada Lovelace' },
    { id: '1790000000000000004', username: 'grace', name: 'Grace Hopper' },
  ],
});
try {
  const directory = await buildPage(page);
  const server = await servePage({ page, directory, emulator, store, port: Number(port) });
  const kept =
    store === 'shared'
      ? 'on disk, for all tabs'
      : "in the page's memory, and end with it (STORE=shared keeps them for all tabs)";
  write(
    `\n  A page that signs in with X (${page}), and an emulator of X beside it.\n\n  Open     ${server.origin}\n  Tokens   ${kept}\n  Stop     Ctrl-C\n\n`,
  );
  await once(process, 'SIGINT');
  await server.close();
  write('\n  Stopped.\n');
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!taken) throw error;
  write(`\n  Port ${port} is taken. Choose another one: PORT=9000 npm run example:${page}\n\n`);
  process.exitCode = 1;
} finally {
  await emulator.close();
}
