import type { Emulator } from 'authchart/testing';

/** The next of the labelled callers whose code or refresh token the server receives; `''` if it is over before. */
export async function nextCaller(
  { tokenRequests }: Pick<Emulator, 'tokenRequests'>,
  isOver: () => boolean,
): Promise<string> {
  for (const { length } = tokenRequests; !isOver(); await new Promise((resolve) => setImmediate(resolve))) {
    const caller = tokenRequests.slice(length).find((request) => request.caller !== null)?.caller;
    if (caller) return caller;
  }
  return '';
}
