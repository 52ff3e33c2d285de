/** Why a request goes nowhere. The sentence is for developers, and repeats nothing of the request. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}
