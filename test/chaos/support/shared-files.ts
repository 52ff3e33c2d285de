import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from 'authchart/node';
import type { SharedStore } from './shared-store.js';

export async function sharedFiles(): Promise<SharedStore> {
  const base = await mkdtemp(join(tmpdir(), 'authchart-chaos-'));
  const [directory, gate] = [join(base, 'store'), join(base, 'gate')];
  return {
    name: 'file',
    settings: { kind: 'file', directory, gate },
    store: fileStore(directory),
    async pause() {
      await writeFile(gate, '');
      return () => rm(gate);
    },
    cut: null,
    close: () => rm(base, { recursive: true }),
  };
}
