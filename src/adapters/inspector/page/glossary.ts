export interface Entry {
  readonly says: string;
  readonly rfc: string;
}

/** What each part of a message is for. */
export const glossary: Readonly<Record<string, Entry>> = {
  response_type: { says: 'What is asked for: a code, to be exchanged for tokens.', rfc: 'RFC 6749 §3.1.1' },
  client_id: { says: 'Who asks. It is public, and proves nothing.', rfc: 'RFC 6749 §2.2' },
  redirect_uri: {
    says: 'Where the provider sends the browser back to. It must be registered, or anybody could have the code sent to them.',
    rfc: 'RFC 6749 §3.1.2',
  },
  scope: {
    says: 'What the application may do. The person sees it and consents to it.',
    rfc: 'RFC 6749 §3.3',
  },
  state: {
    says: 'A random value that comes back unchanged: a callback that nobody began here has none that fits.',
    rfc: 'RFC 6749 §10.12',
  },
  code_challenge: {
    says: 'The hash of a secret. Only who knows the secret, the verifier, can use the code.',
    rfc: 'RFC 7636 §4.2',
  },
  code_challenge_method: { says: 'How it was hashed: S256 is SHA-256.', rfc: 'RFC 7636 §4.3' },
  code: {
    says: 'A grant that works once and for seconds. It travels through the browser, so that no token has to.',
    rfc: 'RFC 6749 §4.1.2',
  },
  code_verifier: {
    says: 'The secret behind the challenge: it proves that who brings the code has begun the sign-in.',
    rfc: 'RFC 7636 §4.5',
  },
  grant_type: {
    says: 'What is given for the tokens: the code of a sign-in, or a refresh token.',
    rfc: 'RFC 6749 §4.1.3, §6',
  },
  client_secret: { says: 'The proof of who the client is.', rfc: 'RFC 6749 §2.3.1' },
  refresh_token: {
    says: 'Brings the next access token without the person. Here each works once: the answer holds the next one.',
    rfc: 'RFC 6749 §6, RFC 9700 §4.14',
  },
  access_token: { says: 'What calls of the API carry. Whoever has it may use it.', rfc: 'RFC 6749 §1.4' },
  id_token: { says: 'A signed statement of who signed in.', rfc: 'OpenID Connect Core §2' },
  token_type: {
    says: 'How the token is used: a bearer token is shown, and that is all.',
    rfc: 'RFC 6749 §7.1',
  },
  expires_in: { says: 'For how many seconds the access token works.', rfc: 'RFC 6749 §5.1' },
  token: { says: 'The token that shall work no longer.', rfc: 'RFC 7009 §2.1' },
  token_type_hint: { says: 'Which kind it is, so that the provider finds it faster.', rfc: 'RFC 7009 §2.1' },
  iss: {
    says: 'Who answers. It must be the provider that was asked, or two providers have been mixed up.',
    rfc: 'RFC 9207 §2',
  },
  error: { says: 'Why there is no code or token, in one word.', rfc: 'RFC 6749 §4.1.2.1, §5.2' },
  error_description: { says: 'The same for developers, in a sentence.', rfc: 'RFC 6749 §5.2' },
  error_uri: { says: 'A page about the error.', rfc: 'RFC 6749 §5.2' },
  authorization: { says: 'The header that proves who calls.', rfc: 'RFC 9110 §11.6.2' },
  'authorization: Basic': { says: 'The client proves who it is by its secret.', rfc: 'RFC 6749 §2.3.1' },
  'authorization: Bearer': { says: 'The access token, where it belongs: in a header.', rfc: 'RFC 6750 §2.1' },
  'retry-after': { says: 'For how many seconds not to ask again.', rfc: 'RFC 9110 §10.2.3' },
  'x-rate-limit-reset': { says: 'When calls are allowed again, in Unix seconds.', rfc: 'X API' },
  data: { says: 'The account, which is nobody else’s business.', rfc: 'X API' },
  detail: { says: 'What is wrong, in a sentence.', rfc: 'RFC 9457 §3.1.4' },
  title: { says: 'What is wrong, in short.', rfc: 'RFC 9457 §3.1.3' },
  body: { says: 'Something that is not JSON.', rfc: 'RFC 6749 §5.1' },
  others: { says: 'So many more, whose names are not shown: anybody may have chosen them.', rfc: '' },
};

export const entryOf = (name: string): Entry | null =>
  Object.hasOwn(glossary, name) ? glossary[name]! : null;

/** What a message is for. */
export const messages: Readonly<Record<string, string>> = {
  'authorization request':
    'The browser is sent to the provider, where the person signs in and consents. The application never sees the password.',
  'authorization response': 'The provider sends the browser back, with a code or with the reason why not.',
  'token request': 'The application asks for tokens directly, where no browser can listen.',
  'token response': 'The provider’s answer: tokens, or why there are none.',
  'revocation request': 'The provider is told that a token shall work no longer.',
  'revocation response': 'Whether it has taken the token back.',
  'account request': 'The application asks whose tokens these are.',
  'account response': 'The account, masked.',
  'API request': 'A call of the application’s own, with the access token.',
  'API response': 'The answer to a call of the application’s own.',
  'no response': 'No answer came, so nobody knows whether the request took effect.',
};
