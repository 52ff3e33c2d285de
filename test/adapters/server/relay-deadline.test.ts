import { x } from 'authchart';
import { virtualClock } from 'authchart/testing';
import { expect, it } from 'vitest';
import { relayOf } from '../../../src/adapters/server/relay.js';

it('what was called never sent is not sent afterwards: the page may have asked again', async () => {
  const sent: string[] = [];
  const clock = virtualClock();
  const transport = {
    fetch: async (url: string) => {
      sent.push(url);
      return Response.json({});
    },
    close: () => Promise.resolve(),
  };
  const origin = 'https://app.example';
  const serve = relayOf(
    { provider: x, clientId: 'client', clientSecret: null, origin },
    { clock, transport },
  );
  const form = 'grant_type=authorization_code&client_id=client&code=code&code_verifier=verifier';
  const ask = (body: string | ReadableStream<Uint8Array>) =>
    serve(
      new Request(`${origin}/auth/relay`, {
        method: 'POST',
        body,
        duplex: 'half',
        headers: {
          origin,
          'authchart-relay': `POST ${x.endpoints.token}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
      } as RequestInit),
    );
  expect((await ask(form)).headers.get('authchart-relay')).toBe('answered 200');
  expect(sent).toHaveLength(1);

  let finish = () => {};
  const slow = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(form));
      finish = () => controller.close();
    },
  });
  const answer = ask(slow);
  await clock.advance(60_000);
  expect((await answer).headers.get('authchart-relay')).toBe('refused');
  finish();
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toHaveLength(1);
});
