import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Report } from '../worker/reports.js';
import { settingsVariable } from '../worker/settings.js';
import type { WorkerSettings } from '../worker/settings.js';
import type { ChaosLog } from './log.js';

const program = fileURLToPath(new URL('../../../build/chaos/session.js', import.meta.url));

export type WorkerReport = Report & { readonly worker: string };

interface Worker {
  readonly name: string;
  readonly process: ChildProcess;
  /** Resolves when it has ended and all it said was heard. */
  readonly ended: Promise<void>;
}

/** Keeps a number of workers alive, whatever is done to them. */
export class Workers {
  readonly kills: Array<ChaosLog['kills'][number]> = [];
  readonly stops: Array<ChaosLog['stops'][number]> = [];
  readonly complaints: string[] = [];
  private readonly all: Worker[] = [];
  /** Those that are there to be disturbed. */
  private alive: Worker[] = [];

  constructor(
    private readonly settings: Omit<WorkerSettings, 'name'>,
    private readonly now: () => number,
    private readonly hear: (report: WorkerReport) => void,
  ) {}

  get names(): readonly string[] {
    return this.alive.map(({ name }) => name);
  }

  start(): void {
    const name = `worker-${this.all.length + 1}`;
    const settings: WorkerSettings = { ...this.settings, name };
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, [settingsVariable]: JSON.stringify(settings) },
    });
    child.stderr!.on('data', (chunk: Buffer) => this.complaints.push(`${name}: ${chunk.toString()}`));
    createInterface(child.stdout!).on('line', (line) =>
      this.hear({ ...(JSON.parse(line) as Report), worker: name }),
    );
    const ended = once(child, 'close').then(() => undefined);
    const worker = { name, process: child, ended };
    this.all.push(worker);
    this.alive.push(worker);
  }

  /** SIGKILL, and another one in its place. */
  kill(name: string): void {
    const worker = this.take(name);
    if (!worker) return;
    worker.process.kill('SIGKILL');
    this.kills.push({ worker: name, at: this.now() });
    this.start();
  }

  /** SIGSTOP; SIGCONT when `until` resolves. It is nobody's victim meanwhile. */
  async stop(name: string, until: () => Promise<void>): Promise<void> {
    const worker = this.take(name);
    if (!worker) return;
    const from = this.now();
    worker.process.kill('SIGSTOP');
    await until();
    this.stops.push({ worker: name, from, to: this.now() });
    worker.process.kill('SIGCONT');
    this.alive.push(worker);
  }

  /** Lets all of them come to an end of their own; resolves when everything they said was heard. */
  async finish(): Promise<void> {
    for (const { process: child } of this.alive) if (child.connected) child.send('finish');
    await Promise.all(this.all.map(({ ended }) => ended));
    this.assertWell();
  }

  /** @throws Error if one of them has complained: none is to end by itself. */
  assertWell(): void {
    if (this.complaints.length > 0) throw new Error(this.complaints.join('\n'));
  }

  /** Leaves nothing behind, whatever went wrong. */
  abandon(): void {
    for (const { process: child } of this.all) child.kill('SIGKILL');
  }

  private take(name: string): Worker | undefined {
    const worker = this.alive.find((candidate) => candidate.name === name);
    this.alive = this.alive.filter((candidate) => candidate !== worker);
    return worker;
  }
}
