import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { authorizationMachine, exchangeMachine, renewalMachine, signOutMachine } from 'authchart';
import { beforeAll, describe, expect, it } from 'vitest';
import { documents, errorsTable, eventsTable, filled, statesTable } from '../../scripts/documents.mjs';
import { catalogue } from '../../src/services/error-catalogue.js';

const sources = { catalogue, authorizationMachine, exchangeMachine, renewalMachine, signOutMachine };
const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const HOW = 'is out of date: run `npm run build`, then `npm run docs`';

const read = (file: string) => (existsSync(pathOf(file)) ? readFileSync(pathOf(file), 'utf8') : undefined);

describe('generated documents', () => {
  let written: Record<string, string>;
  beforeAll(async () => {
    written = await documents(sources, read('README.md'));
  });

  it('are as the code says', () => {
    const outdated = Object.entries(written).filter(([file, text]) => read(file) !== text);
    expect(outdated.map(([file]) => `${file} ${HOW}`)).toEqual([]);
  });

  it('are all there is in their folders', () => {
    for (const folder of ['docs/pictures', 'src/diagram/generated']) {
      const files = Object.keys(written).filter((file) => file.startsWith(`${folder}/`));
      expect(readdirSync(pathOf(folder)).map((name) => `${folder}/${name}`)).toEqual(files.toSorted());
    }
  });

  it('show every machine as a picture that exists', () => {
    const shown = [...(read('docs/chart.md') ?? '').matchAll(/^!\[[^\]]{20,}\]\((pictures\/\w+\.svg)\)$/gm)];
    const pictures = Object.keys(written).filter((file) => file.startsWith('docs/pictures/'));
    expect(shown.map(([, path]) => `docs/${path}`)).toEqual(pictures);
    expect(read('README.md')).toContain('](docs/pictures/authorization.svg)');
  });

  it('keep the charts small enough for a page', () => {
    const sizes = Object.entries(written).flatMap(([file, text]) =>
      file.startsWith('src/diagram/') ? [text.length] : [],
    );
    expect(sizes).toHaveLength(8);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000);
  });

  it('refuse a text that lacks a marker', () => {
    expect(filled('a <!-- x -->old<!-- /x --> b', { x: 'new' })).toBe('a <!-- x -->\n\nnew\n\n<!-- /x --> b');
    expect(() => filled('a <!-- x -->old b', { x: 'new' })).toThrow('<!-- /x -->');
  });

  it('have a row for each state of two levels, each public event and each code', () => {
    const firstCells = (table: string) => [...table.matchAll(/^\| \[?`([\w.]+)`/gm)].map(([, cell]) => cell);
    const states = firstCells(statesTable(authorizationMachine));
    expect(states).toContain('authorized.stale');
    expect(states).not.toContain('authorized.stale.postponed');
    expect(statesTable(authorizationMachine)).toContain('| signedIn, atRest |');
    const events = firstCells(eventsTable(authorizationMachine));
    expect(events).toEqual(expect.arrayContaining(['authorization.open', 'callback.received', 'flow.reset']));
    expect(events.filter((event) => /^(deadline|userAgent|xstate)/.test(event ?? ''))).toEqual([]);
    expect(firstCells(errorsTable(catalogue))).toEqual(Object.keys(catalogue));
  });
});
