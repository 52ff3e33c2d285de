const read = ['tweet.read', 'users.read'];

type Rule = readonly [method: RegExp, path: RegExp, more: readonly string[]];

const reads = /^(GET|HEAD)$/;
const writes = /^(POST|PUT|DELETE)$/;

// The first that fits. X answers a plain 403 without naming the scope, so its documents are all there is to go by.
const rules: readonly Rule[] = [
  [reads, /^\/2\/users\/me$/, []],
  [writes, /^\/2\/tweets\/\d+\/hidden$/, ['tweet.moderate.write']],
  [writes, /^\/2\/tweets(\/\d+)?$/, ['tweet.write']],
  [writes, /^\/2\/users\/\d+\/retweets(\/\d+)?$/, ['tweet.write']],
  [writes, /^\/2\/users\/\d+\/likes(\/\d+)?$/, ['like.write']],
  [writes, /^\/2\/users\/\d+\/following(\/\d+)?$/, ['follows.write']],
  [writes, /^\/2\/users\/\d+\/bookmarks(\/\d+)?$/, ['bookmark.write']],
  [reads, /^\/2\/users\/\d+\/bookmarks$/, ['bookmark.read']],
  [writes, /^\/2\/users\/\d+\/muting(\/\d+)?$/, ['mute.write']],
  [reads, /^\/2\/users\/\d+\/muting$/, ['mute.read']],
  [writes, /^\/2\/users\/\d+\/blocking(\/\d+)?$/, ['block.write']],
  [reads, /^\/2\/users\/\d+\/blocking$/, ['block.read']],
  [/^POST$/, /^\/2\/lists$/, ['list.read', 'list.write']],
  [writes, /^\/2\/lists\/\d+(\/members(\/\d+)?)?$/, ['list.write']],
  [reads, /^\/2\/lists\/\d+/, ['list.read']],
  [reads, /^\/2\/spaces(\/|$)/, ['space.read']],
  [reads, /^\/2\/dm_/, ['dm.read']],
  [writes, /^\/2\/dm_/, ['dm.write']],
  [reads, /^\/2\/tweets(\/|$)/, []],
  [reads, /^\/2\/users\/\d+\/timelines\//, []],
];

/** The scopes a call of X's API needs, as far as its OpenAPI document says; `null` for calls not listed here. */
export function requiredScopesOfX(method: string, { pathname }: URL): readonly string[] | null {
  // The one call that needs nothing of the user's posts or profile.
  if (pathname.startsWith('/2/media/upload')) return ['media.write'];
  const rule = rules.find(([methods, path]) => methods.test(method.toUpperCase()) && path.test(pathname));
  return rule ? [...read, ...rule[2]] : null;
}
