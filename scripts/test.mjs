import { checks, run, tests } from './steps.mjs';

await run(
  'The whole check',
  // Some tests look at what the first of the checks has compiled.
  [checks, [tests('tests', [])]],
  ['Node 22, 24 and 26: `npm run test:runtimes` fetches and tests each.'],
);
