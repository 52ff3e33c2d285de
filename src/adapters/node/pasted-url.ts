import { createInterface } from 'node:readline';
import type { CallbackSink } from '../../services/ports.js';

export type TerminalInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  readonly isRaw?: boolean;
  setRawMode?(raw: boolean): unknown;
};

export interface Terminal {
  readonly input: TerminalInput;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks for the address of the page the person was sent to, and passes on every line until `sink.signal` aborts or the
 * input ends. On a terminal the input stays hidden, for the address holds the code (and a line may be longer than a
 * terminal's own editing allows, 1024 characters on some). Then the terminal is as it was before, and paused.
 */
export function readPastedUrls({ input, output }: Terminal, sink: CallbackSink): void {
  if (sink.signal.aborted) return;
  const wasRaw = input.isRaw === true;
  // Without an output nothing can be echoed, and without a history nothing can be called back.
  const lines = createInterface({ input, terminal: input.isTTY === true, historySize: 0 });
  const close = (): void => lines.close();

  lines.on('line', (line) => {
    const url = line.trim();
    if (url === '' || sink.signal.aborted) return;
    output.write('Received. If nothing happens, paste the whole address again:\n');
    try {
      sink.onCallback(url);
    } catch (thrown) {
      close();
      throw thrown;
    }
  });
  // Raw mode keeps Ctrl-C from becoming a signal.
  lines.on('SIGINT', () => {
    close();
    process.kill(process.pid, 'SIGINT');
  });
  lines.on('error', close);
  lines.once('close', () => {
    sink.signal.removeEventListener('abort', close);
    if (wasRaw) input.setRawMode?.(true);
  });
  sink.signal.addEventListener('abort', close, { once: true });
  output.write('Or paste the address of the page you were sent to:\n');
}
