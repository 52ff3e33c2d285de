/** A machine laid out on a plane, in pixels. Child machines that are opened in place are part of it. */
export interface Chart {
  /** The `id` of the machine. */
  readonly machine: string;
  readonly width: number;
  readonly height: number;
  /** Parents before their children. */
  readonly states: readonly ChartState[];
  readonly edges: readonly ChartEdge[];
}

export interface ChartState {
  /** Whose state it is: the machine's own, or that of a child opened in place. */
  readonly machine: string;
  /** Dotted: `authorized.stale.postponed`. */
  readonly path: string;
  readonly key: string;
  readonly description: string | null;
  readonly rfc: string | null;
  readonly tags: readonly string[];
  readonly kind: 'atomic' | 'compound' | 'final';
  readonly initial: boolean;
  /** The machines that run while it is the state. */
  readonly invokes: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ChartEdge {
  readonly machine: string;
  /** Paths of states. */
  readonly source: string;
  readonly target: string;
  readonly reasons: readonly ChartReason[];
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly label: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly lines: readonly string[];
  } | null;
}

/** Why a machine takes a transition. */
export interface ChartReason {
  /** As the stream names it: `done(claimFlow)`; empty: it is taken at once. */
  readonly event: string;
  readonly guards: readonly string[];
}
