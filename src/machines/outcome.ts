type KeyOf<Union> = Union extends unknown ? keyof Union : never;
type ValueOf<Union, Key extends PropertyKey> = Union extends unknown
  ? Key extends keyof Union
    ? Union[Key]
    : null
  : never;

/** Reads a member that only some outcomes of a service have; `null` where this one has not. */
export function memberOf<Outcome extends object, Key extends KeyOf<Outcome>>(
  outcome: Outcome,
  key: Key,
): ValueOf<Outcome, Key> {
  return (key in outcome ? outcome[key as unknown as keyof Outcome] : null) as ValueOf<Outcome, Key>;
}

/** The guard by which a service's answer chooses the next state. */
export function outcomeIs(_: unknown, params: { readonly outcome: string; readonly is: string }): boolean {
  return params.outcome === params.is;
}
