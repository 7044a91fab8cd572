export type FindingKind =
  | "throws"
  | "value"
  | "gradient"
  | "cpu value"
  | "cpu gradient"
  | "repeat"
  | "read"
  | "layout"
  | "threads";

/** Something that is not as it should be. */
export class Finding extends Error {
  override readonly name = "Finding";

  constructor(
    readonly kind: FindingKind,
    /** The entry of the program that is wrong. */
    readonly entry: number,
    /** The call to blame, for grouping. */
    readonly operation: string,
    message: string,
  ) {
    super(message);
  }

  /** Failures of one signature are one fault, as far as a program can tell. */
  get signature(): string {
    return `${this.kind}: ${this.operation}`;
  }
}
