import type { ChartBox, ChartPoint } from './chart.js';

type Options = Readonly<Record<string, string>>;

/** The part of ELK's JSON that is used here; see https://eclipse.dev/elk/reference.html. */
export interface ElkNode extends Partial<ChartBox> {
  readonly id: string;
  readonly children?: readonly ElkNode[];
  readonly edges?: readonly ElkEdge[];
  readonly layoutOptions?: Options;
}

export interface ElkEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels?: readonly ElkLabel[];
  readonly sections?: readonly {
    readonly startPoint: ChartPoint;
    readonly endPoint: ChartPoint;
    readonly bendPoints?: readonly ChartPoint[];
  }[];
}

export interface ElkLabel extends Partial<ChartBox> {
  readonly text: string;
  readonly layoutOptions?: Options;
}
