import { createHash } from 'node:crypto';
import { codeWordOf } from './faults.js';
import type { RedisCommands } from './redis-client.js';

export interface Script {
  readonly text: string;
  readonly sha1: string;
}

/** What every script answers where the key holds something that this store did not write. */
export const UNREADABLE = 'unreadable';

// JSON would be read here too, if Redis' parser took the lone surrogates that ours writes.
const LOOK = `
local kind = redis.call('TYPE', KEYS[1]).ok
local entry = {}
if kind == 'hash' then entry = redis.call('HMGET', KEYS[1], 'version', 'value') end
local version, value = entry[1], entry[2]
if kind ~= 'none' and not (version and value and value:match('^".*"$')) then return '${UNREADABLE}' end
`;

// Before anything is written: a user who may not publish is refused as a whole. Nobody can read in between.
const tell = (channel: string) => `
if ${channel} ~= '' then redis.call('PUBLISH', ${channel}, '') end
`;

/** Answers version and value, or nil. */
export const READ = script(`${LOOK}
return version and entry
`);

/** Arguments: next version, value, milliseconds or '', channel or '', and the version that must be there, if any. */
export const WRITE = script(`${LOOK}
if version ~= ARGV[5] then return 0 end
${tell('ARGV[4]')}
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'value', ARGV[2])
if ARGV[3] == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
`);

/** Arguments: channel or '', and the version that must be there, if only that one is meant. */
export const REMOVE = script(`${LOOK}
if not version or (ARGV[2] and version ~= ARGV[2]) then return 0 end
${tell('ARGV[1]')}
redis.call('DEL', KEYS[1])
return 1
`);

/** The whole text goes over the wire only where the server does not know it: at first, and after it has forgotten. */
export async function run(
  commands: RedisCommands,
  { text, sha1 }: Script,
  redisKey: string,
  words: string[],
): Promise<unknown> {
  const options = { keys: [redisKey], arguments: words };
  try {
    return await commands.evalSha(sha1, options);
  } catch (thrown) {
    if (codeWordOf(thrown) !== 'NOSCRIPT') throw thrown;
    return commands.eval(text, options);
  }
}

function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
