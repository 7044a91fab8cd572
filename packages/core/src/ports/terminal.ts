/** Where people read what a run says. */
export interface Terminal {
  readonly isInteractive: boolean;
  /** Characters per line. */
  readonly columns: number;
  readonly hasColors: boolean;
  /** How many colours, in bits: 16, 256 or 16 million of them. @default 4 */
  readonly colorDepth?: 4 | 8 | 24 | undefined;
  /** The values as text, as `console.log` would show them. */
  format(...values: readonly unknown[]): string;
  /** Writes as it is, without a line break. */
  write(text: string): void;
  /** Writes a line to the error stream: warnings. */
  warn(line: string): void;
  /**
   * Keeps a drawing at the bottom of the screen: what others write to the same screen comes to stand above it. Missing
   * where others cannot write.
   */
  intercept?(drawing: Drawing): Interception;
}

/** Lines at the bottom of a screen. */
export interface Drawing {
  /** Takes the lines away, before others write. */
  clear(): void;
  /** Puts the lines below what was written. */
  draw(): void;
  /** Leaves the lines where they are and goes to the next one, because the process ends. */
  leave(): void;
}

/** Others' output while a drawing is kept below it. */
export interface Interception {
  /** Others have begun a line and not ended it: a drawing would tear it apart. */
  readonly isLineOpen: boolean;
  /** Lets others write as before. */
  end(): void;
}
