/** A table, as it is shown. The first column names the row; the others are figures. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** True for a table of words: all of it to the left. Default false. */
  readonly words?: boolean;
}

/** Something that was promised, and what was measured. */
export interface Goal {
  readonly promise: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What one part of a benchmark found. */
export interface Section {
  readonly title: string;
  /** How it was measured, and what a reader must know to trust it. */
  readonly how: readonly string[];
  readonly tables: readonly { readonly caption?: string; readonly table: Table }[];
  readonly goals: readonly Goal[];
  /** The same figures for machines, unrounded. */
  readonly figures: unknown;
}

/** How much is measured: `quick` shows only that it works. */
export interface RunOptions {
  readonly quick: boolean;
}

/** One part of a benchmark, which may be run alone. */
export interface Part {
  readonly name: string;
  readonly summary: string;
  run(options: RunOptions): Promise<Section>;
}

/** What `npm run bench -- <name>` runs. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  readonly parts: readonly Part[];
}
