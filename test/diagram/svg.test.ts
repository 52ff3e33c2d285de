import { describe, expect, it } from 'vitest';
import { charts } from '../../src/diagram/charts.js';
import { describeChart, describeStates } from '../../src/diagram/describe.js';
import { svgOf } from '../../src/diagram/svg.js';
import { drawn } from './drawn.js';

describe.each(drawn)('the picture of $name', ({ chart }) => {
  it.each([false, true])('runs nothing and loads nothing (standalone: %s)', (standalone) => {
    const svg = svgOf(chart, { standalone });
    expect(svg.match(/<style>/g) ?? []).toHaveLength(standalone ? 1 : 0);
    expect(svg).not.toMatch(
      /<(?:script|foreignObject|image|use|a)\b|\sstyle=|\son\w+=|href|@import|url\((?!#)/i,
    );
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|\/\//);
    expect(svgOf(chart, { standalone })).toBe(svg);
  });
});

it('a chart can be read as a list', () => {
  const lines = describeChart(charts['authorization+exchange']).split('\n');
  expect(lines[0]).toBe('idle, initial state: Nobody is signed in, or nobody has looked yet.');
  expect(lines).toContain('  on authorization.begin → awaitingAuthorization');
  expect(lines).toContain(
    '  claiming, initial state, runs claimFlow: Takes the flow for itself in one atomic step; the verifier leaves the record with it.',
  );
  expect(lines).toContain('    on done(claimFlow) [won] → redeeming');
  expect(lines).toContain('  authorized, final state of exchange: There is a session.');
  // What the picture leaves out is said here.
  expect(lines).toContain('  on failed(userAgent) → abandoning');
  const outer = describeStates(charts.authorization).find(({ state }) => state.path === 'authorized.due');
  expect(outer).toMatchObject({
    depth: 1,
    transitions: expect.arrayContaining(['at once [renewsAhead] → authorized.renewing']),
  });
});
