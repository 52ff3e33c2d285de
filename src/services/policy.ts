/** Milliseconds. How long things may take, and why. */
export const policy = {
  /** How long a human may take at the provider. */
  authorization: 10 * 60_000,
  /** A token request, from its first byte to its last. */
  tokenRequest: 30_000,
  /** The end of a request's time, for a process that slept through the rest to read what came meanwhile. */
  lateAnswer: 1_000,
  /** A revocation at sign-out: nobody should wait longer to be gone. */
  revocation: 10_000,
  /**
   * From a journal to its request. A process that was held up in between must not send: once the grace is over others
   * may, and both requests together would cost the session (RFC 9700 §4.14.2).
   */
  announcement: 5_000,
  /**
   * Longer than an announcement, a token request and a save of two steps together, 5 + 30 + 2 × 5 s: a claim or journal
   * that stood still for so long is dead. Redis and PostgreSQL give up a step after 5 s; where a file system hangs for
   * longer, compare-and-set still has one winner.
   */
  grace: 50_000,
  /** Shorter than the grace: a dead holder's lock is free before its journal may be overruled. */
  lock: 45_000,
  /** Receipts answer late callbacks this long after their deadline, so that "expired" is not "unknown". */
  receipt: 24 * 60 * 60_000,
  /** How long the callback of a flow that is bound to no user agent gives its outcome again: reloads, not leaks. */
  replay: 10 * 60_000,
  /** Tombstones outlive every request that could still save over them. */
  tombstone: 30 * 24 * 60 * 60_000,
  /** How long a token from memory is used without a look at the store: a sign-out elsewhere shows within this. */
  recheck: 5_000,
  /** How often a record is looked at where its store cannot tell of changes. */
  poll: 250,
  /** Before expiry, an access token is renewed this early, or a tenth of its lifetime if that is less. */
  margin: 30_000,
  backoff: { first: 1_000, most: 5 * 60_000 },
  /** Session names that one owner's list holds: more are of no use to whoever is to choose among them. */
  listed: 100,
  /**
   * What a flight recorder keeps of one session, and of one sign-in; of a full log at most so much `atTheDoor`: anybody can
   * begin sign-ins and spoil their callbacks, and must not push out what led to a session and to its end.
   */
  logged: { session: 50, flow: 20, atTheDoor: 15 },
  /** How long anything waits for a log, closing and explanations included: it is told beside the protocol, never before it. */
  log: 5_000,
  /** Renewals that a call may repeat because their token ran out before it could be used. */
  renewalsInVain: 10,
  /** False callbacks until a waiting sign-in gives up. */
  rejectedCallbacks: 200,
} as const;
