/** Where people read what a run says. */
export interface Terminal {
  readonly isInteractive: boolean;
  /** Characters per line. */
  readonly columns: number;
  readonly hasColors: boolean;
  /** The values as text, as `console.log` would show them. */
  format(...values: readonly unknown[]): string;
  /** Writes as it is, without a line break. */
  write(text: string): void;
  /** Writes a line to the error stream: warnings. */
  warn(line: string): void;
}
