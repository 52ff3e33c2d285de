import { expect, it } from 'vitest';
import { receivedName } from '../../../src/adapters/inspect/received-event.js';

const data = { type: 'session.renew' };

it.each([
  ['session.renew', 'session.renew'],
  [data, 'session.renew'],
  [{ name: 'session.renew', data, $$type: 'scxml', type: 'external', origin: 'x:1' }, 'session.renew'],
  [{ ...data, more: 1 }, null],
  [{ $$type: 'scxml', data: { ...data, more: 1 } }, null],
  [{ $$type: 'scxml', name: 'session.renew' }, null],
  [{ $$type: 'other', ...data }, null],
  [{ type: ['session.renew'] }, null],
  [{ type: 7 }, null],
  [JSON.parse('{"__proto__":{"type":"session.renew"}}'), null],
  [Object.create(data), null],
  [[], null],
  [null, null],
  [undefined, null],
  [7, null],
])('of %j the name is %s', (event: unknown, name) => {
  expect(receivedName(event)).toBe(name);
});
