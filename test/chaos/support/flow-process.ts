import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FlowAnswer, FlowOutcome, FlowRequest, FlowTask } from '../worker/flow-messages.js';
import { settingsVariable } from '../worker/settings.js';
import type { WorkerSettings } from '../worker/settings.js';

const program = fileURLToPath(new URL('../../../build/chaos/flows.js', import.meta.url));

/** A process that begins and completes sign-ins, many at a time. */
export class FlowProcess {
  readonly name: string;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (outcome: FlowOutcome | null) => void>();
  private readonly closed: Promise<unknown>;
  private tasks = 0;

  constructor(settings: WorkerSettings) {
    this.name = settings.name;
    this.child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, [settingsVariable]: JSON.stringify(settings) },
    });
    this.child.on('message', ({ id, ...outcome }: FlowAnswer) => {
      this.waiting.get(id)?.(outcome);
      this.waiting.delete(id);
    });
    this.closed = once(this.child, 'close').then(() => {
      for (const give of this.waiting.values()) give(null);
    });
  }

  /** `null` if it was killed before it could answer. */
  perform(task: FlowTask): Promise<FlowOutcome | null> {
    if (!this.child.connected) return Promise.resolve(null);
    const request: FlowRequest = { ...task, id: this.tasks++ };
    return new Promise((resolve) => {
      this.waiting.set(request.id, resolve);
      // The channel may break while it is sent; then the process has ended.
      this.child.send(request, () => {});
    });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }
}
