/** What a process is asked to do with one sign-in. */
export type FlowTask =
  | { readonly task: 'begin'; readonly session: string; readonly boundTo: string }
  | { readonly task: 'complete'; readonly callbackUrl: string; readonly boundTo: string };

export type FlowOutcome =
  | { readonly outcome: 'begun'; readonly url: string }
  /** `token` is the SHA-256 of the access token, `expiresAt` its end: two who say the same hold the same session. */
  | {
      readonly outcome: 'signedIn';
      readonly session: string;
      readonly token: string;
      readonly expiresAt: number | null;
    }
  | { readonly outcome: 'failed'; readonly code: string };

export type FlowRequest = FlowTask & { readonly id: number };
export type FlowAnswer = FlowOutcome & { readonly id: number };
