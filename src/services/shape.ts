/**
 * Says what a value must be, and copies of it what it describes. Small, for every page carries it: what reads as JSON
 * needs no more.
 */
export type Shape<Value> = (value: unknown, at: string) => Value;
export type Shaped<Of> = Of extends Shape<infer Value> ? Value : never;

type Members = Readonly<Record<string, Shape<unknown>>>;
type Optional<Of extends Members> = {
  [Name in keyof Of]: undefined extends Shaped<Of[Name]> ? Name : never;
}[keyof Of];
type Flat<T> = { [Name in keyof T]: T[Name] };
type ObjectOf<Of extends Members> = Flat<
  { readonly [Name in Exclude<keyof Of, Optional<Of>>]: Shaped<Of[Name]> } & {
    readonly [Name in Optional<Of>]?: Shaped<Of[Name]>;
  }
>;

/** Never leaves {@link read}. */
class Misfit {
  constructor(readonly at: string) {}
}

/**
 * @param refuse - makes the error for a value of another shape; gets the path of the member at fault, `''` for all of it
 */
export function read<Value>(shape: Shape<Value>, value: unknown, refuse: (at: string) => Error): Value {
  try {
    return shape(value, '');
  } catch (error) {
    throw error instanceof Misfit ? refuse(error.at) : error;
  }
}

/** Whatever the test lets through. */
export function that<Value>(fits: (value: unknown) => boolean): Shape<Value> {
  return (value, at) => {
    if (fits(value)) return value as Value;
    throw new Misfit(at);
  };
}

export const string = that<string>((value) => typeof value === 'string');
export const boolean = that<boolean>((value) => typeof value === 'boolean');
/** JSON has no infinity, but reads 1e999 as one. */
export const number = that<number>(Number.isFinite);
export const oneOf = <const Value extends string | number>(...values: readonly Value[]) =>
  that<Value>((value) => values.includes(value as Value));
export const matching = (pattern: RegExp) =>
  that<string>((value) => typeof value === 'string' && pattern.test(value));

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value, at) => (value === null ? null : shape(value, at));
}

export function optional<Value>(shape: Shape<Value>): Shape<Value | undefined> {
  return (value, at) => (value === undefined ? undefined : shape(value, at));
}

export function list<Value>(shape: Shape<Value>): Shape<readonly Value[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new Misfit(at);
    return Object.freeze(Array.from(value, (member, index) => shape(member, `${at}.${index}`)));
  };
}

/** Further members are left out. */
export function object<Of extends Members>(members: Of): Shape<ObjectOf<Of>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null) throw new Misfit(at);
    const given = value as Readonly<Record<string, unknown>>;
    const described = Object.entries(members).map(([name, shape]) => [
      name,
      shape(given[name], pathOf(at, name)),
    ]);
    return Object.fromEntries(described) as ObjectOf<Of>;
  };
}

/** Further members are refused: one may be a misspelt one of these. */
export function strict<Of extends Members>(members: Of): Shape<ObjectOf<Of>> {
  const shape = object(members);
  return (value, at) => {
    const described = shape(value, at);
    const further = Object.keys(value as object).find((name) => !Object.hasOwn(members, name));
    if (further !== undefined) throw new Misfit(pathOf(at, further));
    return described;
  };
}

/** The first that fits. */
export function either<Of extends readonly Shape<unknown>[]>(...shapes: Of): Shape<Shaped<Of[number]>> {
  return (value, at) => {
    for (const shape of shapes) {
      try {
        return shape(value, at) as Shaped<Of[number]>;
      } catch {
        // Perhaps the next.
      }
    }
    throw new Misfit(at);
  };
}

const pathOf = (at: string, name: string) => (at === '' ? name : `${at}.${name}`);
