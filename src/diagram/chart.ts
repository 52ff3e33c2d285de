/** A machine laid out on a plane, in whole pixels. Child machines that are opened in place are part of it. */
export interface Chart extends Outline {
  readonly width: number;
  readonly height: number;
  readonly states: readonly ChartState[];
  readonly edges: readonly ChartEdge[];
  /** Where machines and compound states begin. */
  readonly entries: readonly ChartEntry[];
}

/** What a chart says, wherever it is drawn. */
export interface Outline {
  /** The `id` of the machine. */
  readonly machine: string;
  /** Parents before their children. */
  readonly states: readonly OutlineState[];
  /** What is drawn. One for each two states, with every reason. */
  readonly edges: readonly OutlineEdge[];
  /** What is left out of the picture, for it would hide the rest: failures, and commands that work nearly everywhere. */
  readonly aside: readonly OutlineEdge[];
}

export interface OutlineState {
  /** Whose state it is: the machine's own, or that of a child opened in place. */
  readonly machine: string;
  /** Dotted: `authorized.stale.postponed`. Unique in its machine. */
  readonly path: string;
  readonly key: string;
  readonly description: string | null;
  readonly rfc: string | null;
  readonly tags: readonly string[];
  readonly kind: 'atomic' | 'compound' | 'final';
  readonly initial: boolean;
  /** The services and machines that run while it is the state, by the names the stream's events carry. */
  readonly invokes: readonly string[];
}

export interface OutlineEdge {
  readonly machine: string;
  /** Paths of states. */
  readonly source: string;
  readonly target: string;
  readonly reasons: readonly ChartReason[];
}

/** Why a machine takes a transition. */
export interface ChartReason {
  /** As the stream names it: `done(claimFlow)`; empty: it is taken at once. */
  readonly event: string;
  /** Any of them; none: always. */
  readonly guards: readonly string[];
}

export interface ChartBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface ChartState extends OutlineState, ChartBox {}

export interface ChartEdge extends OutlineEdge {
  /** From the border of the source to that of the target, around corners. */
  readonly points: readonly ChartPoint[];
  readonly label: ChartLabel | null;
}

export interface ChartLabel extends ChartBox {
  readonly lines: readonly string[];
}

/** The dot, and the way from it to the initial state. */
export interface ChartEntry extends ChartBox {
  readonly machine: string;
  /** The path of the initial state. */
  readonly target: string;
  readonly points: readonly ChartPoint[];
}
