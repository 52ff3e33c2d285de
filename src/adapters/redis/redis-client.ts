/**
 * What the store uses of a client of the `redis` package, version 5.10 or newer. It is never connected, closed or
 * reconfigured here.
 */
export interface RedisClient {
  /** The same connection, with options of one command. */
  withCommandOptions(options: CommandOptions): RedisCommands;
  /** A client of its own with the same settings, not connected yet. */
  duplicate(): RedisSubscriber;
}

/** Given, both replace what the client was made with. */
export interface CommandOptions {
  /** Takes a command that has not been sent out of the client's queue. */
  readonly abortSignal: AbortSignal;
  readonly typeMapping: Record<never, never>;
}

export interface RedisCommands {
  evalSha(sha1: string, options: ScriptOptions): Promise<unknown>;
  eval(script: string, options: ScriptOptions): Promise<unknown>;
}

export interface ScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

export interface RedisSubscriber {
  on(event: 'connect' | 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channels: string[], listener: Heard): Promise<unknown>;
  unsubscribe(channels: string[], listener: Heard): Promise<unknown>;
  unref(): void;
  destroy(): void;
}

export type Heard = (message: string, channel: string) => void;
