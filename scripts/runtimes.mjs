import { run, tests } from './steps.mjs';

const versions = [22, 24, 26];
await run(
  'Every test on other runtimes',
  versions.map((version) => [tests(`Node ${version}`, [], version)]),
);
