import { TransportFault, type TransportFaultKind } from '../../services/transport-fault.js';

const DNS = /^(ENOTFOUND|ENODATA|EAI_.+)$/;
const REFUSED =
  /^(ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM|EAFNOSUPPORT)$/;
const TIMEOUT = /^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/;
const RESET = /^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|UND_ERR_DESTROYED|UND_ERR_CLOSED)$/;
const TLS =
  /^(EPROTO|ERR_SSL_.+|ERR_TLS_.+|UND_ERR_PRX_TLS|CERT_.+|.+_CERT|.+_CERT_.+|CRL_.+|UNABLE_TO_.+|ERROR_IN_.+|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;
const TOO_LARGE = /^UND_ERR_(HEADERS_OVERFLOW|RES_EXCEEDED_MAX_SIZE)$/;
// undici answers a refused CONNECT with the code of an abort; the caller's own abort is told apart by its signal.
const PROXY = /^UND_ERR_(ABORTED|SOCKS5.*)$/;

const kinds: readonly (readonly [TransportFaultKind, RegExp])[] = [
  ['dns', DNS],
  ['refused', REFUSED],
  ['timeout', TIMEOUT],
  ['reset', RESET],
  ['tls', TLS],
  ['too_large', TOO_LARGE],
  ['proxy', PROXY],
];

/** What the runtime threw, as the kind of fault it is. Nothing else of it is kept, for it may hold URLs and bodies. */
export function faultOf(thrown: unknown, sent: boolean): TransportFault {
  for (const code of codesOf(thrown)) {
    const match = kinds.find(([, pattern]) => pattern.test(code));
    if (match) return new TransportFault(match[0], sent);
  }
  return new TransportFault('unknown', sent);
}

/** The codes of an error and its causes, outermost first. Causes of foreign errors may form a circle. */
function codesOf(thrown: unknown, depth = 0): string[] {
  if (!(thrown instanceof Error) || depth > 5) return [];
  const own = 'code' in thrown && typeof thrown.code === 'string' ? [thrown.code] : [];
  // A host with several addresses fails with one error per address.
  const parts = thrown instanceof AggregateError ? thrown.errors : [];
  return [...own, ...[thrown.cause, ...parts].flatMap((cause) => codesOf(cause, depth + 1))];
}
