/** Why no response came. */
export type TransportFaultKind =
  'dns' | 'refused' | 'tls' | 'proxy' | 'relay' | 'timeout' | 'reset' | 'aborted' | 'too_large' | 'unknown';

/**
 * No (usable) response to a request. Carries neither URL nor headers nor the original error, which may hold both.
 * `sent` is false only if the server certainly saw nothing of the request.
 */
export class TransportFault extends Error {
  override readonly name = 'TransportFault';

  constructor(
    readonly kind: TransportFaultKind,
    readonly sent: boolean,
  ) {
    super(`No response: ${kind}${sent ? '' : ', nothing was sent'}.`);
  }
}
