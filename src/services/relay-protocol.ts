import { TransportFault } from './transport-fault.js';
import type { TransportFaultKind } from './transport-fault.js';

/**
 * What a page and the relay of its own origin tell each other, in one header each way. No form can set it, and a script
 * of another origin only after a preflight, which the relay answers with a refusal.
 */
export const RELAY_HEADER = 'authchart-relay';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

/** What the relay is to ask for. */
export interface RelayTarget {
  readonly method: (typeof METHODS)[number];
  readonly url: URL;
}

export function targetText(method: string, url: string): string {
  return `${method} ${url}`;
}

/** `null`: no target, or one that a parser would have to repair. What is checked must be what is sent. */
export function targetOf(text: string | null): RelayTarget | null {
  const [, method, href = ''] = /^([A-Z]+) ([\x21-\x7e]+)$/.exec(text ?? '') ?? [];
  const known = METHODS.find((one) => one === method);
  if (!known || !URL.canParse(href)) return null;
  const url = new URL(href);
  const { username, password, hash } = url;
  return url.href === href && !href.includes('#') && `${username}${password}${hash}` === ''
    ? { method: known, url }
    : null;
}

/**
 * What became of a request: the provider answered, with this status; the relay refused, and nothing was sent; or no
 * answer came.
 */
export type RelayReport =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly fault: TransportFault };

export function reportText(report: RelayReport): string {
  switch (report.kind) {
    case 'answered':
      return `answered ${report.status}`;
    case 'refused':
      return 'refused';
    case 'failed':
      return `failed ${report.fault.kind} ${report.fault.sent ? 'sent' : 'unsent'}`;
  }
}

const FAULTS: Readonly<Record<TransportFaultKind, true>> = {
  dns: true,
  refused: true,
  tls: true,
  proxy: true,
  relay: true,
  timeout: true,
  reset: true,
  aborted: true,
  too_large: true,
  unknown: true,
};

/** `null`: whoever answered, it was no relay. */
export function reportOf(text: string | null): RelayReport | null {
  const [, status] = /^answered ([2-5]\d\d)$/.exec(text ?? '') ?? [];
  if (status) return { kind: 'answered', status: Number(status) };
  if (text === 'refused') return { kind: 'refused' };
  const [, kind = '', sent] = /^failed (\w+) (sent|unsent)$/.exec(text ?? '') ?? [];
  if (!Object.hasOwn(FAULTS, kind)) return null;
  return { kind: 'failed', fault: new TransportFault(kind as TransportFaultKind, sent === 'sent') };
}
