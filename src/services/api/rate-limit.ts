/** What a response says of the caller's rate limit. */
export interface RateLimit {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Unix milliseconds at which the window ends. */
  readonly resetAt: number | null;
}

/**
 * Reads `x-rate-limit-limit`, `-remaining` and `-reset` of a response.
 *
 * @example
 * ```ts
 * const response = new Response(null, { headers: { 'x-rate-limit-remaining': '74' } });
 * rateLimitOf(response).remaining; // 74
 * ```
 */
export function rateLimitOf(response: Pick<Response, 'headers'>): RateLimit {
  const number = (name: string) => {
    const text = response.headers.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : null;
  };
  const reset = number('x-rate-limit-reset');
  return {
    limit: number('x-rate-limit-limit'),
    remaining: number('x-rate-limit-remaining'),
    resetAt: reset === null ? null : reset * 1_000,
  };
}
