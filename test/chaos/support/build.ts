import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Compiles the sources, for workers import what is shipped, and the workers. */
export async function build(): Promise<void> {
  const compiler = [
    'node_modules/typescript/bin/tsc',
    '-b',
    'src',
    'src/tsconfig.node.json',
    'test/chaos/worker',
  ];
  await promisify(execFile)(process.execPath, compiler, { cwd: root });
}
