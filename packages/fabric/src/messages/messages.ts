import { visibleText, type Terminal } from "@lightning-ts/core";

/** Prints what a run has to say besides its progress. */
export class Messages {
  readonly #terminal: Terminal;
  readonly #isFirstRank: () => boolean;
  readonly #said = new Set<string>();
  /** Prints above a progress bar that is on the screen; set by the bar. */
  printLine: ((line: string) => void) | undefined;

  /** @param isFirstRank whether this process speaks for all; what is only good to know is said once */
  constructor(terminal: Terminal, isFirstRank: () => boolean = () => true) {
    this.#terminal = terminal;
    this.#isFirstRank = isFirstRank;
  }

  /** Something that the user may want to know. */
  info(line: string): void {
    if (this.#isFirstRank()) this.print(visibleText(line));
  }

  /** What the user's own program prints, as it is. */
  print(line: string): void {
    if (this.printLine === undefined) this.#terminal.write(`${line}\n`);
    else this.printLine(line);
  }

  infoOnce(topic: string, line: string): void {
    if (this.#isNew(topic)) this.info(line);
  }

  /** Something that is probably not what the user wants. */
  warn(topic: string, line: string): void {
    if (this.#isNew(topic)) this.alert(line);
  }

  /** Whether something was said of this topic. */
  hasWarned(topic: string): boolean {
    return this.#said.has(topic);
  }

  /** Something that went wrong and does not end the run. Said each time. */
  alert(line: string): void {
    this.#terminal.warn(`Warning: ${visibleText(line)}`);
  }

  #isNew(topic: string): boolean {
    if (this.#said.has(topic)) return false;
    this.#said.add(topic);
    return true;
  }
}
