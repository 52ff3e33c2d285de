import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A step is `{ name, command }`. It counts as one test, so that "0 failed" means that nothing failed;
 * with `vitest: true` each of its tests counts instead.
 */

const bin = (script) => [process.execPath, join('node_modules', script)];

export const checks = [
  { name: 'types', command: [...bin('typescript/bin/tsc'), '-b', '--pretty', 'false'] },
  { name: 'format', command: [...bin('prettier/bin/prettier.cjs'), '--check', '--cache', '.'] },
  { name: 'lint', command: [...bin('oxlint/bin/oxlint')] },
  { name: 'dependencies', command: [...bin('dependency-cruiser/bin/dependency-cruise.mjs'), 'src'] },
];

/** The tests, on this Node or through npm on another. */
export function tests(name, args, node) {
  const own = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=minimal', '--reporter=json', ...args];
  const runtime = node ? ['npx', '-y', '-p', `node@${node}`, '--', 'node'] : [process.execPath];
  return { name, vitest: true, command: [...runtime, ...own] };
}

/**
 * Runs every step, also after one failed, those of a group side by side; shows the output of those that failed; ends with
 * `N passed, N failed`.
 */
export async function run(title, groups, notRun = []) {
  console.log(`\n${title} (Node ${process.versions.node})\n`);
  const scratch = await mkdtemp(join(tmpdir(), 'authchart-report-'));
  const total = { passed: 0, failed: 0, skipped: [] };
  try {
    for (const group of groups) {
      const taken = group.map((step) => take(step, join(scratch, 'tests.json')));
      for (const [nth, { name }] of group.entries()) {
        process.stdout.write(`  ${name.padEnd(20)}`);
        const result = await taken[nth];
        total.passed += result.passed;
        total.failed += result.failed;
        total.skipped.push(...result.skipped);
        report(result);
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  // On a CI machine everything can be installed, so everything must have run.
  if (process.env.CI) total.failed += total.skipped.length;
  const silent = [...notRun, ...total.skipped.map((test) => `SKIPPED: ${test}`)];
  if (silent.length > 0) console.log(`\nNOT RUN\n${silent.map((line) => `  ${line}`).join('\n')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

async function take({ command, vitest }, file) {
  const start = performance.now();
  const { code, output } = await execute(vitest ? [...command, `--outputFile=${file}`] : command);
  const seconds = (performance.now() - start) / 1000;
  const counted = vitest
    ? await countTests(file)
    : { passed: code === 0 ? 1 : 0, failed: 0, skipped: [], figures: [] };
  // Whatever vitest says of its tests: an unhandled rejection or a crash of its own is a failure too.
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  return { ...counted, seconds, output, ofTests: vitest };
}

function report({ passed, failed, figures, seconds, output, ofTests }) {
  const outcome = failed === 0 ? 'passed' : 'FAILED';
  const count = ofTests ? `${passed} of ${passed + failed}` : '';
  console.log(`${seconds.toFixed(1).padStart(7)} s   ${outcome}   ${count}`.trimEnd());
  for (const line of figures) console.log(`    ${line}`);
  if (failed > 0) console.log(`\n${output.trimEnd()}\n`);
}

function execute([file, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    }
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

async function countTests(file) {
  const json = await readFile(file, 'utf8').catch(() => undefined);
  if (json === undefined) return { passed: 0, failed: 0, skipped: [], figures: [] };
  await rm(file);
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(json);
  // A file that did not load, or whose hook failed, has no failed test of its own.
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  // What tests have counted, and people want to see although it passed.
  const figures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ meta }) => meta?.figures ?? []),
  );
  const skipped = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => ['pending', 'skipped', 'todo', 'disabled'].includes(status)),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: skipped.map(({ fullName }) => fullName),
    figures,
  };
}
