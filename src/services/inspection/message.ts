/** Who speaks in a sign-in. */
export type Party = 'client' | 'userAgent' | 'provider';

/** What is said, in the words of RFC 6749, RFC 7009 and RFC 6750. */
export type MessageName =
  | 'authorization request'
  | 'authorization response'
  | 'token request'
  | 'token response'
  | 'revocation request'
  | 'revocation response'
  | 'account request'
  | 'account response'
  | 'API request'
  | 'API response'
  /** No answer came. */
  | 'no response';

/** A parameter, header or member of a message. */
export interface MessagePart {
  readonly name: string;
  /** As it was sent, where that is no secret; `null`: masked. */
  readonly value: string | null;
}

/** What one party sent another, as anybody may see it: made by allow-list, everything else is masked or left out. */
export interface Message {
  /** The same for a request and its answer. */
  readonly exchange: string;
  readonly from: Party;
  readonly to: Party;
  readonly name: MessageName;
  /** Method and address without query, or where it goes through. */
  readonly line: string;
  /** HTTP status of an answer. */
  readonly status: number | null;
  readonly parts: readonly MessagePart[];
}

/** Is told what services send and receive while somebody watches. */
export type Observe = (message: Message) => void;
