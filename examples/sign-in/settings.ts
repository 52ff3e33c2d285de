import { parseArgs } from 'node:util';

export const usage = `Usage: npm start -- [options]

  Without options: signs in to an emulator of X on this machine, by itself.

  --browser              show the emulator's consent page in your own browser
  --provider x           sign in to the real X, in your own browser
  --client-id ID         the OAuth 2.0 client id of your app at X
  --client-secret S      its secret, if the app is a confidential one
  --redirect-uri URI     as registered (default http://127.0.0.1:8976/callback)
  --help                 this text
`;

export interface Settings {
  readonly provider: 'emulator' | 'x';
  readonly browser: boolean;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly redirectUri: string | undefined;
}

/** What was asked for on the command line; a string is what to print instead. */
export function readSettings(args: readonly string[]): Settings | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        provider: { type: 'string', default: 'emulator' },
        'client-id': { type: 'string' },
        'client-secret': { type: 'string' },
        'redirect-uri': { type: 'string' },
        browser: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { provider, browser } = values;
    if (values.help) return usage;
    if (provider !== 'emulator' && provider !== 'x') return `There is no provider "${provider}".\n\n${usage}`;
    if (provider === 'x' && !values['client-id']) return `--provider x needs --client-id.\n\n${usage}`;
    return {
      provider,
      browser: browser || provider === 'x',
      clientId: values['client-id'],
      clientSecret: values['client-secret'],
      redirectUri: values['redirect-uri'],
    };
  } catch (error) {
    // Only the words of parseArgs, which quote the option but never its value.
    return `${error instanceof TypeError ? error.message.split('. ')[0] : 'The options cannot be read'}.\n\n${usage}`;
  }
}
