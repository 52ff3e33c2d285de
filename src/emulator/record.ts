import type { EmulatorRequest } from './message.js';
import type { EmulatorCounters } from './routes.js';

const KEPT_REQUESTS = 1000;

/** What the emulator saw, for assertions. Requests are kept as they came, secrets included: never log them. */
export class Recorder {
  readonly requests: EmulatorRequest[] = [];
  readonly counters: { -readonly [Name in keyof EmulatorCounters]: number } = {
    authorizeHits: 0,
    consentHits: 0,
    tokenHits: 0,
    revokeHits: 0,
    apiHits: 0,
    discoveryHits: 0,
  };

  keep(request: EmulatorRequest): void {
    this.requests.push(request);
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
  }
}
