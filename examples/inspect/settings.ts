import { parseArgs } from 'node:util';

export const usage = `Usage: npm run inspect -- [options]

  Signs in to an emulator of X on this machine, in a page of its own, and shows
  in another page what happens meanwhile.

  --guided     each step waits until you press Next in the inspector
  --no-open    open no browser
  --help       this text
`;

export interface Settings {
  readonly guided: boolean;
  readonly open: boolean;
}

/** What to print instead. */
export interface Advice {
  readonly text: string;
  readonly exitCode: number;
}

export function readSettings(args: readonly string[]): Settings | Advice {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        guided: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { text: usage, exitCode: 0 };
    return { guided: values.guided, open: !values['no-open'] };
  } catch {
    return { text: `There is no such option.\n\n${usage}`, exitCode: 2 };
  }
}
