import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { codeBlocks, exampleBlocks } from './code-blocks.js';
import { build, doors, openReaderProject, programOf } from './reader-project.js';

it('probe', async () => {
  await build();
  const t0 = performance.now();
  const program = programOf(Object.values(doors));
  console.log(exampleBlocks(program, doors), performance.now() - t0);
  const blocks = codeBlocks(await readFile('README.md', 'utf8')).filter((b) => b.language === 'ts');
  console.log(blocks.map((b) => b.name));
  const project = await openReaderProject(Object.fromEntries(blocks.map((b, i) => [`block-${i}`, b.code + '\nexport {}'])), program);
  console.log(project.complaints, performance.now() - t0);
  await project.remove();
});
