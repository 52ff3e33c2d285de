import type {
  ActorMoved,
  ActorStarted,
  ActorStopped,
  MessagePassed,
} from '../../client/inspection/flow-event.js';

/** What takes the place of a context, which holds more than anybody may see. */
export type ShownContext = Readonly<Partial<Pick<ActorMoved, 'session' | 'facts' | 'failure'>>>;

export const startContext = ({ actor }: ActorStarted): ShownContext => ({ session: actor.session });

export const moveContext = ({ session, facts, failure }: ActorMoved): ShownContext => ({
  session,
  facts,
  failure,
});

export const stopContext = ({ failure }: ActorStopped): ShownContext => (failure ? { failure } : {});

/** A message as an event, with its parts by name; what is masked says so. */
export function messageEvent({ message }: MessagePassed) {
  const { name, from, to, line, status, parts } = message;
  const masked = parts.map(({ name, value }) => [name, value ?? '[redacted]']);
  return { type: name, from, to, line, status, parts: Object.fromEntries(masked) as object };
}

/** The id of the service whose answer an event is. */
export function answererOf(event: string): string | null {
  return ANSWER.exec(event)?.[2] ?? null;
}

/** An event by the name that a version of XState gives it; the answers of services have one in each. */
export function eventNamer(done: string, failed: string): (event: string) => string {
  return (event) => {
    const [, outcome, service] = ANSWER.exec(event) ?? [];
    return service ? `${outcome === 'done' ? done : failed}.${service}` : event;
  };
}

const ANSWER = /^(done|failed)[(]([A-Za-z]+)[)]$/;
