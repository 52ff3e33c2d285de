import { parseArgs } from 'node:util';

export const usage = `Usage: npm start -- [options]

  Without options: signs in to an emulator of X on this machine, by itself.

  --browser              show the emulator's consent page in your own browser
  --provider x           sign in to the real X, in your own browser
  --client-id ID         the OAuth 2.0 client id of your app at X
  --client-secret S      its secret, if the app is a confidential one
  --secret-file FILE     the same out of a file: others can read arguments
  --redirect-uri URI     as registered (default http://127.0.0.1:8976/callback)
  --help                 this text
`;

export interface Settings {
  readonly provider: 'emulator' | 'x';
  readonly browser: boolean;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly secretFile: string | undefined;
  readonly redirectUri: string | undefined;
}

/** What to print instead of signing in. */
export interface Advice {
  readonly text: string;
  readonly exitCode: number;
}

/** What was asked for on the command line. */
export function readSettings(args: readonly string[]): Settings | Advice {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        provider: { type: 'string', default: 'emulator' },
        'client-id': { type: 'string' },
        'client-secret': { type: 'string' },
        'secret-file': { type: 'string' },
        'redirect-uri': { type: 'string' },
        browser: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { provider, browser } = values;
    if (values.help) return { text: usage, exitCode: 0 };
    if (positionals.length > 0) return refusal('There are only options');
    if (provider !== 'emulator' && provider !== 'x') return refusal('The providers are emulator and x');
    if (provider === 'x' && !values['client-id']) return refusal('--provider x needs --client-id');
    return {
      provider,
      browser: browser || provider === 'x',
      clientId: values['client-id'],
      clientSecret: values['client-secret'],
      secretFile: values['secret-file'],
      redirectUri: values['redirect-uri'],
    };
  } catch (error) {
    // The first sentence of parseArgs quotes the option but never its value.
    return refusal(
      error instanceof TypeError ? (error.message.split('. ')[0] ?? '') : 'The options cannot be read',
    );
  }
}

function refusal(sentence: string): Advice {
  return { text: `${sentence}.\n\n${usage}`, exitCode: 2 };
}
