import type { Interception, Terminal } from "@lightning-ts/core";
import { textWidth } from "./text-width.js";

/** Carriage return, and "clear this line". */
const CLEAR_LINE = "\r\u001b[2K";
const LINE_UP = "\u001b[1A";

/** A few lines at the bottom of a terminal that are drawn again and again, below everything else that is written. */
export class LiveLines {
  readonly #terminal: Terminal;
  readonly #interception: Interception | undefined;
  /** What is on the screen, or was before somebody else wrote. */
  #lines: readonly string[] = [];
  #isOnScreen = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#interception = terminal.intercept?.({
      clear: () => this.#clear(),
      draw: () => this.#redraw(),
      leave: () => this.leave(),
    });
  }

  get isOnScreen(): boolean {
    return this.#isOnScreen;
  }

  /** Draws lines in the place of those before. Each has to be shorter than the terminal is wide. */
  show(lines: readonly string[]): void {
    const cleared = this.#isOnScreen ? this.#clearing() : CLEAR_LINE;
    this.#lines = lines;
    if (this.#interception?.isLineOpen === true) return;
    this.#terminal.write(`${cleared}${lines.join("\n")}`);
    this.#isOnScreen = true;
  }

  /** Writes a line above those on the screen. */
  printAbove(line: string): void {
    const wasOnScreen = this.#isOnScreen;
    this.#clear();
    this.#terminal.write(`${line}\n`);
    if (wasOnScreen) this.#redraw();
  }

  /** The lines stay, and what follows stands below them. */
  leave(): void {
    if (this.#isOnScreen) this.#terminal.write("\n");
    this.#forget();
  }

  /** The lines go away. */
  remove(): void {
    this.#clear();
    this.#forget();
  }

  /** The lines stay, and nothing is put below what others write any more. */
  end(): void {
    this.leave();
    this.#interception?.end();
  }

  #clear(): void {
    if (this.#isOnScreen) this.#terminal.write(this.#clearing());
    this.#isOnScreen = false;
  }

  #redraw(): void {
    if (this.#lines.length > 0) this.show(this.#lines);
  }

  #forget(): void {
    this.#lines = [];
    this.#isOnScreen = false;
  }

  /** A terminal that became narrower has broken the lines into several rows. */
  #clearing(): string {
    const { columns } = this.#terminal;
    const rows = this.#lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / columns)), 0);
    return CLEAR_LINE + `${LINE_UP}${CLEAR_LINE}`.repeat(Math.max(0, rows - 1));
  }
}
