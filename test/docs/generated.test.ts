import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { authorizationMachine, exchangeMachine, renewalMachine, signOutMachine } from 'authchart';
import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { mermaid } from '../../scripts/diagram.mjs';
import { documents, errorsTable, eventsTable, filled, statesTable } from '../../scripts/documents.mjs';
import { catalogue } from '../../src/services/error-catalogue.js';

const sources = { catalogue, authorizationMachine, exchangeMachine, renewalMachine, signOutMachine };
const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const HOW = 'is out of date: run `npm run build`, then `npm run docs`';

describe('generated documents', () => {
  it('are as the code says', async () => {
    const readme = existsSync(pathOf('README.md')) ? readFileSync(pathOf('README.md'), 'utf8') : undefined;
    const written = Object.entries(await documents(sources, readme));
    const outdated = written.filter(([file, text]) => readFileSync(pathOf(file), 'utf8') !== text);
    expect(outdated.map(([file]) => `${file} ${HOW}`)).toEqual([]);
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

/** Each kind of edge once. */
const sample = setup({ types: { events: {} as { type: 'go' | 'again' | 'out' } } }).createMachine({
  initial: 'a',
  states: {
    a: {
      on: { go: [{ guard: () => false, target: 'b' }, { target: 'b.y' }], again: { target: 'a' }, out: 'b' },
    },
    b: {
      initial: 'x',
      states: {
        x: {
          always: {
            guard: function isReady() {
              return false;
            },
            target: 'y',
          },
        },
        y: { on: { again: { target: 'x' }, out: { target: '#end' }, go: { target: '#b', reenter: true } } },
      },
      id: 'b',
      on: { out: { target: 'c' }, again: { target: 'b', reenter: true } },
    },
    c: { id: 'end', type: 'final' },
  },
});

describe('the state diagram', () => {
  it('nests states, names reasons, merges parallel edges and leaves out self-targets', () => {
    expect(mermaid(sample).split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> a',
      '  a',
      '  state b {',
      '    [*] --> b_x',
      '    state "x" as b_x',
      '    state "y" as b_y',
      '    b_x --> b_y : [isReady]',
      '    b_y --> b_x : again, go',
      '  }',
      '  c',
      '  a --> b : go [guard, else], out',
      '  b --> c : out',
      '  c --> [*]',
    ]);
  });

  it.each([authorizationMachine, exchangeMachine, renewalMachine, signOutMachine])(
    'keeps to the plain subset of Mermaid in $id',
    (machine) => {
      const [first, ...lines] = mermaid(machine).split('\n');
      expect(first).toBe('stateDiagram-v2');
      const id = String.raw`(?:\w+|\[\*\])`;
      const plain = new RegExp(
        String.raw`^ *(?:${id} --> ${id}(?: : [\w.,\[\] ]+)?|state (?:"\w+" as )?\w+(?: \{)?|\w+|\})$`,
      );
      expect(lines.filter((text) => !plain.test(text))).toEqual([]);
      const edges = lines.flatMap((text) => /^ *(\S+ --> \S+)/.exec(text)?.[1] ?? []);
      expect(new Set(edges).size).toBe(edges.length);
      expect(lines.join()).not.toContain('xstate.');
    },
  );
});
