import { checks, run, tests } from './steps.mjs';

await run(
  'The whole check',
  [...checks, tests('tests', [])],
  ['Node 22, 24 and 26: `npm run test:runtimes` fetches and tests each.'],
);
