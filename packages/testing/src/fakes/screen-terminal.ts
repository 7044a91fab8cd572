import { format } from "node:util";
import type { Drawing, Interception, Terminal } from "@lightning-ts/core";
import headless from "@xterm/headless";

/** A terminal with a screen: what a person would see, as lines of text. */
export class ScreenTerminal implements Terminal {
  readonly isInteractive = true;
  readonly hasColors: boolean;
  readonly warnings: string[] = [];
  readonly #screen: headless.Terminal;
  #drawing: Drawing | undefined;
  #isLineOpen = false;

  constructor(options: { readonly columns: number; readonly hasColors?: boolean | undefined }) {
    this.hasColors = options.hasColors ?? false;
    this.#screen = new headless.Terminal({
      cols: options.columns,
      rows: 40,
      scrollback: 1000,
      allowProposedApi: true,
      convertEol: true,
    });
  }

  get columns(): number {
    return this.#screen.cols;
  }

  format(...values: readonly unknown[]): string {
    return format(...values);
  }
  write(text: string): void {
    this.#screen.write(text);
  }
  warn(line: string): void {
    this.warnings.push(line);
    this.printedByOthers(`${line}\n`);
  }

  /** Text of something else in the process, such as `console.log`. */
  printedByOthers(text: string): void {
    if (!this.#isLineOpen) this.#drawing?.clear();
    this.#screen.write(text);
    this.#isLineOpen = !text.endsWith("\n");
    if (!this.#isLineOpen) this.#drawing?.draw();
  }

  intercept(drawing: Drawing): Interception {
    this.#drawing = drawing;
    const isLineOpen = (): boolean => this.#isLineOpen;
    return {
      get isLineOpen() {
        return isLineOpen();
      },
      end: () => {
        this.#drawing = undefined;
      },
    };
  }

  resize(columns: number): Promise<void> {
    return this.#settled().then(() => this.#screen.resize(columns, 40));
  }

  /** The lines that are on the screen and above it, without empty ones at the end. Rows of one broken line are one. */
  async lines(): Promise<string[]> {
    await this.#settled();
    const { active } = this.#screen.buffer;
    const lines: string[] = [];
    for (let row = 0; row < active.length; row += 1) {
      const line = active.getLine(row);
      const text = line?.translateToString(true) ?? "";
      if (line?.isWrapped === true) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  #settled(): Promise<void> {
    return new Promise((resolve) => this.#screen.write("", resolve));
  }
}
