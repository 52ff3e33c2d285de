import type { Client } from 'authchart';
import { signedIn } from '../support/signed-in.js';
import { html as react } from './react.js';
import { html as solid } from './solid.js';
import { html as svelte } from './svelte.js';
import { html as vue } from './vue.js';

export interface Answer {
  readonly html: string;
  /** What rendering it has done with the client. */
  readonly subscribed: number;
  readonly started: number;
}

export type Answers = Readonly<Record<keyof typeof frameworks, Answer>>;

const frameworks = { react, vue, svelte, solid };

/** What a server of each framework answers with, although somebody is signed in there. */
export async function answers(): Promise<Answers> {
  const entries = Object.entries(frameworks).map(async ([name, html]) => [name, await answer(html)] as const);
  return Object.fromEntries(await Promise.all(entries)) as unknown as Answers;
}

async function answer(html: (client: Client) => string | Promise<string>): Promise<Answer> {
  const { client, started } = await signedIn();
  const authorization = client.authorization();
  const before = started();
  let subscribed = 0;
  const watched = { ...authorization, subscribe: () => (subscribed++, () => {}) };
  const rendered = await html({ ...client, authorization: () => watched });
  const answer = { html: rendered, subscribed, started: started() - before };
  await client.close();
  return answer;
}
