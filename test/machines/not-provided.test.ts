import { describe, expect, it } from 'vitest';
import { machines } from './support/answers.js';
import { createDesk } from './support/desk.js';
import { drive, failureShown } from './support/drive.js';
import { charts, explore, running } from './support/explore.js';
import { factsOf, SESSION } from './support/samples.js';

/** Services without which the work goes on: what shows then, instead of the failure. */
const goesOn: Record<string, string> = {
  watchSession: 'changes show at the next use',
  abandonFlow: 'the record of the flow runs out by itself',
  recordFailure: 'the failure that was to be recorded is told',
  discardTokens: 'the failure that made them useless is told',
  clearJournal: 'others wait for the journal to run out',
  forgetSession: 'signing out is never blocked; the report says what was not done',
  buryRecord: 'signing out is never blocked; the report says what was not done',
  revokeTokens: 'signing out is never blocked; the report says what was not done',
};

const cases = charts.flatMap((chart) => {
  const visits = explore(chart);
  const services = Object.keys(chart.machine.implementations.actors).filter(
    (service) => !['exchange', 'renewal', 'signOut'].includes(service),
  );
  return services.map((service) => {
    const there = visits.find(({ snapshot }) => running(snapshot).some(({ src }) => src === service));
    return { chart, name: chart.name, service, there };
  });
});

describe('a service that is not provided says so in our words', () => {
  it.each(cases)('$service of the $name machine', async ({ chart, name, service, there }) => {
    const desk = createDesk();
    const own = chart.machine.implementations.actors[service];
    const machine = desk.machineOf(name).provide({
      actors: { [service]: own },
    });
    const { actor, failures } = drive(machine, there?.input, there?.path ?? []);
    await desk.settle();
    const failure = {
      code: 'service_not_provided',
      phase: 'configuration',
      message:
        `The ${name} machine was started without its service "${service}". Provide it with ` +
        `${name}Machine.provide({ actors: { ${service}: … } }), or take client.machine, which has them all.`,
      retryable: false,
      retryAt: null,
      provider: null,
    };
    expect(failures).toMatchObject([{ name: 'ServiceNotProvided', failure }]);
    expect(actor.getSnapshot().status).not.toBe('error');
    if (service in goesOn) expect(failureShown(actor)?.code).not.toBe('service_not_provided');
    else expect(failureShown(actor)).toEqual(failure);
    actor.stop();
  });
});

it('the whole chart without services ends a sign-in, a restoration and a sign-out in words', async () => {
  const desk = createDesk();
  const { actor } = drive(machines.authorizationMachine, { session: SESSION }, [
    { type: 'authorization.begin' },
  ]);
  await desk.settle();
  expect(actor.getSnapshot()).toMatchObject({
    value: { error: 'permanent' },
    context: { failure: { code: 'service_not_provided' } },
  });
  actor.send({ type: 'flow.reset' });
  await desk.settle();
  expect(actor.getSnapshot()).toMatchObject({
    value: { error: 'permanent' },
    context: { failure: { code: 'service_not_provided' } },
  });
  actor.send({ type: 'session.signOut' });
  await desk.settle();
  expect(actor.getSnapshot().value).toBe('idle');
  actor.stop();
});

describe('without a working deadline nothing is repeated without a pause', () => {
  const broken = {
    actors: { holdDeadline: machines.authorizationMachine.implementations.actors.holdDeadline },
  };
  const name = 'authorization';
  const input = { session: SESSION, keepWarm: true };

  it('a fresh session kept warm becomes due, and renews when it is used', async () => {
    const desk = createDesk();
    const { actor } = drive(desk.machineOf(name).provide(broken), input, [{ type: 'session.restore' }]);
    await desk.at('restoreSession').answer(factsOf('fresh'));
    expect(actor.getSnapshot().value).toEqual({ authorized: 'due' });
    expect(desk.calls('holdLock')).toHaveLength(0);
    actor.send({ type: 'session.renew' });
    expect(actor.getSnapshot().value).toEqual({ authorized: 'renewing' });
    actor.stop();
  });

  it('a postponed renewal becomes due, and is tried again when it is used', async () => {
    const desk = createDesk();
    const { actor } = drive(desk.machineOf(name).provide(broken), input, [{ type: 'session.restore' }]);
    await desk.at('restoreSession').answer(factsOf('due'));
    await desk.at('holdLock').fail(new Error('The lock broke.'));
    expect(actor.getSnapshot().value).toEqual({ authorized: 'due' });
    expect(desk.calls('holdLock')).toHaveLength(1);
    actor.stop();
  });

  it('tokens that could not be saved wait until somebody asks', async () => {
    const desk = createDesk();
    const { actor } = drive(desk.machineOf(name).provide(broken), input, [{ type: 'session.restore' }]);
    await desk.at('restoreSession').answer(factsOf('unsaved'));
    await desk.at('saveUnsaved').fail(new Error('The store is down.'));
    expect(actor.getSnapshot().value).toEqual({ authorized: { unsaved: 'backingOff' } });
    expect(desk.calls('saveUnsaved')).toHaveLength(1);
    actor.send({ type: 'flow.retry' });
    expect(desk.calls('saveUnsaved')).toHaveLength(2);
    actor.stop();
  });
});
