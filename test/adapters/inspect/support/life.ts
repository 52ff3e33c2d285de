import type { Client } from 'authchart';
import { confidentialApp, consent, emulatorSecret } from 'authchart/testing';
import { failureOf } from '../../../client/support/acme.js';
import type { XBench } from '../../../client/support/x.js';

export const SECRET = confidentialApp.client_secret!;
export const confidential = { clientId: confidentialApp.client_id, clientSecret: SECRET };

/** Who signs in, by names that must be seen nowhere. */
export const person = { id: '4815162342', username: 'canaryOfAUser', name: 'Canary of a name' };

/** A sign-in, a look at the account, a call, a renewal and a sign-out; then a refused callback, a late code and a refused renewal. */
export async function live(client: Client, bench: XBench): Promise<readonly string[]> {
  const canaries = new Set([SECRET, btoa(`${confidential.clientId}:${SECRET}`), ...Object.values(person)]);
  const begin = async () => {
    const { url } = await client.begin();
    const { searchParams } = new URL(url);
    for (const name of ['state', 'code_challenge']) canaries.add(searchParams.get(name)!);
    return (await consent(url)).callbackUrl!;
  };
  const session = await client.complete(await begin());
  await session.account();
  await (await session.fetch(`${bench.emulator.endpoints.usersMe}?secret=canary-of-a-query`)).text();
  await session.renew();
  canaries.add(await session.accessToken());
  await session.signOut();

  await failureOf(client.complete(`${await begin()}&iss=https://other.example`));
  const late = await begin();
  bench.emulator.clock.advance(31_000);
  await failureOf(client.complete(late));
  const adopted = await client.adopt({
    access_token: 'canary-of-an-access-token',
    refresh_token: 'canary-of-a-refresh-token',
  });
  await failureOf(adopted.renew());

  for (const { form } of bench.emulator.requests) {
    for (const name of ['code', 'code_verifier', 'refresh_token', 'token'])
      if (form.has(name)) canaries.add(form.get(name)!);
  }
  return [...canaries, 'canary-of'];
}

/** Consecutive repetitions as one: an event that leads nowhere. */
export const distinct = (values: readonly string[]) => values.filter((value, at) => value !== values[at - 1]);

/** `{ authorized: 'fresh' }` → `authorized.fresh` */
export function pathOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, inner]) => `${key}.${pathOf(inner)}`)
    .join(' ');
}

/** Which canaries are in what was sent, and any secret of the emulator. */
export function leaks(sent: readonly string[], canaries: readonly string[]): string[] {
  return sent.flatMap((text) => [
    ...canaries.filter((canary) => text.includes(canary)),
    ...(emulatorSecret.exec(text) ?? []),
  ]);
}
