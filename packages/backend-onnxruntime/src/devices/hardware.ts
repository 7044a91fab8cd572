/** A processor or graphics card, as its driver calls it. */
export interface Hardware {
  readonly name: string;
  /** A processor that plays a GPU: right for tests, slower than the processor itself. */
  readonly isSoftware: boolean;
}
