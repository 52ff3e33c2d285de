import { checks, run, tests } from './steps.mjs';

await run(
  'The inner loop',
  [[...checks, tests('fast tests', ['--project', 'fast'])]],
  ['Tests that start processes, compilers or npm: `npm test` runs them.'],
);
