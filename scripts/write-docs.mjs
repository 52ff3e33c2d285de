import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { documents } from './documents.mjs';

// After `npm run build`: writes what is generated from the code. A test refuses whatever has drifted from it.
const { catalogue } = await import('../dist/services/error-catalogue.js');
const machines = await import('../dist/index.js');
const root = new URL('../', import.meta.url);
const readme = await readFile(new URL('README.md', root), 'utf8').catch(() => undefined);

for (const folder of ['docs/pictures/', 'src/diagram/generated/'])
  await mkdir(new URL(folder, root), { recursive: true });
for (const [file, text] of Object.entries(await documents({ catalogue, ...machines }, readme))) {
  await writeFile(new URL(file, root), text);
  console.log(file);
}
