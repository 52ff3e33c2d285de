import type { FlowFailure } from '../../../../client/inspection/flow-event.js';
import { catalogue } from '../../../../services/error-catalogue.js';
import { clockTime, cut } from '../model/format.js';
import { el } from './dom.js';

/** What failed, what that means, and what to do. */
export function advice({ code, status, error, retryAt }: FlowFailure): HTMLElement {
  // A recording may hold any code.
  const entry = Object.hasOwn(catalogue, code) ? catalogue[code] : null;
  const answer = [
    status === null ? null : `status ${status}`,
    error === null || error === code ? null : cut(error),
  ]
    .filter((text) => text !== null)
    .join(', ');
  return el(
    'div',
    { class: 'failure' },
    el('p', {}, el('code', {}, cut(code)), answer === '' ? null : ` The provider said: ${answer}.`),
    entry && el('p', {}, entry.meaning),
    entry && el('p', {}, el('strong', {}, 'What to do: '), entry.advice),
    retryAt === null ? null : el('p', {}, `Not before ${clockTime(retryAt)}.`),
  );
}
