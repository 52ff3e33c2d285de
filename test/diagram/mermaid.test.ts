import { authorizationMachine, exchangeMachine, renewalMachine, signOutMachine } from 'authchart';
import { describe, expect, it } from 'vitest';
import { createMachine, setup } from 'xstate';
import { mermaid } from '../../src/diagram/mermaid.js';

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

  it('lets every child do what its parent does about an event for another', () => {
    const machine = createMachine({
      initial: 'a',
      on: { home: '.a' },
      states: { a: {}, b: { initial: 'x', on: { deep: '.y' }, states: { x: {}, y: {} } } },
    });
    expect(edgesOf(mermaid(machine))).toEqual(['b_x --> b_y : deep', 'b --> a : home']);
  });

  it('parts the regions of a parallel state', () => {
    const region = { initial: 'off', states: { off: {} } };
    const machine = createMachine({
      initial: 'both',
      states: { both: { type: 'parallel', states: { left: region, right: region } } },
    });
    expect(mermaid(machine).split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> both',
      '  state both {',
      '    state "left" as both_left {',
      '      [*] --> both_left_off',
      '      state "off" as both_left_off',
      '    }',
      '    --',
      '    state "right" as both_right {',
      '      [*] --> both_right_off',
      '      state "off" as both_right_off',
      '    }',
      '  }',
    ]);
  });

  it('draws machines without states, and with delays', () => {
    expect(mermaid(createMachine({}))).toBe('stateDiagram-v2');
    const waiting = createMachine({ initial: 'a', states: { a: { after: { 1000: 'b' } }, b: {} } });
    expect(edgesOf(mermaid(waiting))).toEqual(['a --> b : after 1000']);
  });

  it('takes nothing of a name for Mermaid', () => {
    const hostile = '"] --> x\n%%{init: 1}%% <script>; :';
    const machine = createMachine({
      initial: 'end',
      states: { end: { on: { [hostile]: hostile } }, [hostile]: {} },
    });
    const text = mermaid(machine);
    expect(text.split('\n')).toHaveLength(5);
    expect(text).not.toMatch(/<|%%|^ *end$/m);
  });
});

const edgesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^\w+ --> /.test(line));

it('shows no guard for an event that is also taken without one', () => {
  const machine = createMachine({
    id: 'either',
    initial: 'p',
    states: {
      p: {
        on: { E: 'q' },
        initial: 'a',
        states: { a: {}, b: { on: { E: { target: '#either.q', guard: () => true } } } },
      },
      q: {},
    },
  });
  expect(mermaid(machine)).toMatch(/p --> q : E$/m);
});
