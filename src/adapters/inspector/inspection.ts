import type { FlowSink } from '../../client/inspection/flow-event.js';
import type { Gate } from '../../client/inspection/gate.js';
import type { Clock } from '../../services/ports.js';
import { createBacklog } from './backlog.js';
import type { InspectorServer, InspectorServerOptions } from './server.js';
import { standingClock } from './standing-clock.js';
import { createSteps } from './steps.js';

/** The inspector's page of one client. */
export interface InspectorPage {
  /** On loopback, with a secret in its path. */
  readonly url: string;
  /** The time of the client, in Unix milliseconds: it stands still while a step waits. */
  now(): number;
}

export interface InspectionOptions {
  /** Whether each step waits for somebody at the page. */
  readonly guided: boolean;
  readonly clock: Clock;
  /** Is told where the page is. Default: a line on stderr. */
  readonly show?: ((page: InspectorPage) => void) | undefined;
  /** Default: stderr. */
  readonly write?: (text: string) => void;
  readonly serve?: (options: InspectorServerOptions) => Promise<InspectorServer>;
}

export interface Inspection {
  /** For the client that is inspected. */
  readonly clock: Clock;
  readonly gate: Gate | undefined;
  /** Follows the client from now on, and opens the page in the background. */
  begin(follow: (sink: FlowSink) => () => void): void;
  close(): Promise<void>;
}

/** Makes ready to show a client in a page of its own. Nothing that goes wrong with the page reaches the client. */
export function createInspection({
  guided,
  clock: real,
  show,
  write = toStderr,
  serve = serveOnDemand,
}: InspectionOptions): Inspection {
  const clock = standingClock(real);
  const backlog = createBacklog();
  const steps = guided ? createSteps(clock, backlog.add) : null;
  let opening: Promise<InspectorServer | null> = Promise.resolve(null);
  let unfollow = () => {};

  async function open(): Promise<InspectorServer | null> {
    try {
      const server = await serve({ backlog, steps });
      announce(server.url);
      return server;
    } catch (error) {
      // Nobody could look, or let a step through.
      unfollow();
      steps?.end();
      write(`authchart inspector: not started (${reasonOf(error)}). Sign-ins go on without it.\n`);
      return null;
    }
  }

  function announce(url: string): void {
    if (!show) return write(lineOf(url, guided));
    try {
      show({ url, now: () => clock.now() });
    } catch (error) {
      write(`${lineOf(url, guided)}authchart inspector: showInspector threw (${reasonOf(error)}).\n`);
    }
  }

  return {
    clock: guided ? clock : real,
    gate: steps?.gate,
    begin(follow) {
      unfollow = follow(backlog.add);
      opening = open();
    },
    async close() {
      unfollow();
      steps?.end();
      const server = await opening;
      await server?.close();
    },
  };
}

/** A program without an inspector loads no server. */
async function serveOnDemand(options: InspectorServerOptions): Promise<InspectorServer> {
  const { startInspectorServer } = await import('./server.js');
  return startInspectorServer(options);
}

function lineOf(url: string, guided: boolean): string {
  return `authchart inspector: ${url}${guided ? ' (each step waits for you there)' : ''}\n`;
}

/** As `console` does: a program whose stderr is closed must not end by a line that is only told. */
function toStderr(text: string): void {
  const ignore = () => {};
  process.stderr.once('error', ignore);
  // A failure is told to the callback first, and then to whoever listens.
  process.stderr.write(text, (error) => void (error ?? process.stderr.removeListener('error', ignore)));
}

/** No message: it may hold a path. */
function reasonOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'unexpected';
}
