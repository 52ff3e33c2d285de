import { defineProvider } from 'authchart';
import type { ClientOptions, Provider, Session } from 'authchart';
import { createTestClient, virtualClock } from 'authchart/testing';
import type { Runtime } from 'authchart/testing';
import { json, loopbackServer } from '../../services/support/loopback-server.js';
import type { LoopbackServer, Recorded } from '../../services/support/loopback-server.js';
import { benchStore } from './stores.js';
import type { BenchStore } from './stores.js';

type Client = ReturnType<typeof createTestClient>;
type Answer = LoopbackServer['answer'];

/** A provider whose every answer the test writes, over real HTTP. */
export interface Acme {
  readonly server: LoopbackServer;
  readonly origin: string;
  readonly provider: Provider;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly store: BenchStore;
  /** Answers of the token endpoint, in order; when they run out it grants. */
  readonly script: Answer[];
  /** Answers of `/api`, in order; when they run out it says 200. */
  readonly api: Answer[];
  /** What the token endpoint adds to a grant. */
  grant: Record<string, unknown>;
  revocation: Answer;
  /** Requests to one path, oldest first. */
  sent(path: string): Recorded[];
  /** The refresh tokens that were sent, oldest first. */
  spent(): (string | null)[];
  clientOf(options?: Partial<ClientOptions>, runtime?: Partial<Runtime>): Client;
  /** A client and its session, signed in by a first code. */
  signedIn(
    options?: Partial<ClientOptions>,
    runtime?: Partial<Runtime>,
  ): Promise<{ client: Client; session: Session }>;
  close(): Promise<void>;
}

export const redirectUri = 'https://app.example/callback';

export async function startAcme(settings: { readonly watch?: boolean } = {}): Promise<Acme> {
  const clock = virtualClock();
  const store = benchStore(clock, settings);
  const clients: Client[] = [];
  let issued = 0;

  const grantTokens: Answer = (request, response) => {
    issued += 1;
    const body = {
      token_type: 'bearer',
      expires_in: 3600,
      access_token: `access-token-${issued}`,
      refresh_token: `refresh-token-${issued}`,
      scope: 'read offline',
      ...self.grant,
    };
    json(body)(request, response);
  };

  const server = await loopbackServer((request, response) => {
    switch (new URL(request.url, 'http://loopback').pathname) {
      case '/token':
        return (self.script.shift() ?? grantTokens)(request, response);
      case '/revoke':
        return self.revocation(request, response);
      case '/api':
        return (self.api.shift() ?? json({ ok: true }))(request, response);
      default:
        return json({}, 404)(request, response);
    }
  });
  const { origin } = server;
  const provider = defineProvider({
    id: 'acme',
    endpoints: {
      authorization: `${origin}/authorize`,
      token: `${origin}/token`,
      revocation: `${origin}/revoke`,
    },
    apiOrigins: [origin],
    offlineScope: 'offline',
    identify: {
      url: `${origin}/api`,
      account: (body) => {
        const id = (body as { readonly id?: unknown }).id;
        return typeof id === 'string' ? { id, username: null } : null;
      },
    },
    dangerouslyAllowLoopbackHttp: true,
  });

  const self: Acme = {
    server,
    origin,
    provider,
    clock,
    store,
    script: [],
    api: [],
    grant: {},
    revocation: json({}),
    sent: (path) => server.requests.filter(({ url }) => url.startsWith(path)),
    spent: () =>
      self
        .sent('/token')
        .map(({ body }) => new URLSearchParams(body))
        .filter((form) => form.get('grant_type') === 'refresh_token')
        .map((form) => form.get('refresh_token')),
    clientOf(options = {}, runtime = {}) {
      const client = createTestClient({
        provider,
        clientId: 'client',
        redirectUri,
        scopes: ['read', 'offline'],
        ...options,
        runtime: { clock, store, ...runtime },
      });
      clients.push(client);
      return client;
    },
    async signedIn(options, runtime) {
      const client = self.clientOf(options, runtime);
      const { state } = await client.begin();
      return { client, session: await client.complete(callbackOf(state)) };
    },
    async close() {
      store.down = () => false;
      await Promise.all(clients.map((client) => client.close()));
      await server.close();
    },
  };
  return self;
}

export function callbackOf(state: string, code = 'code-1'): string {
  return `${redirectUri}?${new URLSearchParams({ code, state })}`;
}

/** Reads the request, then ends the connection without an answer. */
export const reset: Answer = (_, response) => void response.socket?.destroy();

/** Never answers until `go` is called; `arrived` resolves when the request is there. */
export function held(answer: Answer): {
  readonly answer: Answer;
  readonly arrived: Promise<void>;
  go(): void;
} {
  let arrive = () => {};
  let go = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const gone = new Promise<void>((resolve) => (go = resolve));
  return {
    arrived,
    go,
    answer(request, response) {
      arrive();
      void gone.then(() => answer(request, response));
    },
  };
}

/** Resolves with the first status of the session that is looked for. */
export function reached(session: Session, ...statuses: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const unsubscribe = session.subscribe(({ status }) => {
      if (!statuses.includes(status)) return;
      resolve(status);
      // The first call comes before there is anything to unsubscribe.
      queueMicrotask(() => unsubscribe());
    });
  });
}

/** Lets HTTP and promises go on until something is true. */
export async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets virtual time pass, a hundred times faster than real time, so that HTTP keeps up, until work is done. */
export async function whileTimePasses<Result>(clock: Acme['clock'], work: Promise<Result>): Promise<Result> {
  let done = false;
  const end = () => void (done = true);
  work.then(end, end);
  while (!done) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await clock.advance(250);
  }
  return work;
}

export async function failureOf(
  work: Promise<unknown>,
): Promise<{ code: string; [member: string]: unknown }> {
  try {
    await work;
  } catch (error) {
    return error as { code: string };
  }
  throw new Error('It succeeded.');
}
