import type { Clock, Terminal } from "@lightning-ts/core";
import type { BarLook } from "./bar-look.js";
import { LiveLines } from "./live-lines.js";
import { Meter } from "./meter.js";
import { renderBar } from "./render-bar.js";

export interface StageBarsOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly columns: () => number;
  readonly look: () => BarLook;
  /** The metrics as they should be shown; may wait for the device. */
  readonly readMetrics: () => readonly string[];
  readonly isShown: () => boolean;
  /** Batches between two drawings on a terminal. */
  readonly refreshRate: number;
  /** Milliseconds between two drawings on a terminal. */
  readonly refreshMs: number;
  readonly metricsMs: number;
  /** Milliseconds between two lines where the output is no terminal. */
  readonly lineMs: number;
}

/**
 * The bars of a run: that of the stage or epoch, below it that of a validation within it, and below these that of the
 * loader that is read, where there are several.
 */
export class StageBars {
  readonly #options: StageBarsOptions;
  readonly #live: LiveLines | undefined;
  #main: Meter | undefined;
  /** A validation or sanity check inside of a fit. */
  #inner: Meter | undefined;
  #loader: Meter | undefined;
  #drawnMs = 0;
  #drawnDone = 0;
  #readMs = Number.NEGATIVE_INFINITY;
  #metrics: readonly string[] = [];

  constructor(options: StageBarsOptions) {
    this.#options = options;
    if (options.terminal.isInteractive) this.#live = new LiveLines(options.terminal);
  }

  printAbove(line: string): void {
    if (this.#live === undefined) this.#options.terminal.write(`${line}\n`);
    else this.#live.printAbove(line);
  }

  /** Nothing is drawn any more. */
  end(): void {
    this.#live?.end();
    [this.#main, this.#inner, this.#loader] = [undefined, undefined, undefined];
  }

  /** @param before batches that were done before it began: they say nothing of the speed */
  begin(label: string, batches: number, before = 0): void {
    const now = this.#options.clock.now();
    this.#live?.leave();
    this.#main = new Meter(label, batches, now, before);
    [this.#drawnMs, this.#drawnDone, this.#readMs] = [now, 0, now];
  }

  /** The stage around it stands still meanwhile: its speed is that of training alone. */
  beginInner(label: string, batches: number): void {
    const now = this.#options.clock.now();
    this.#main?.pause(now);
    this.#inner = new Meter(label, batches, now);
    [this.#drawnMs, this.#drawnDone] = [now, 0];
  }

  /** Another one of several loaders is read. */
  beginLoader(label: string, batches: number): void {
    if (this.#loader?.label !== label) this.#loader = new Meter(label, batches, this.#options.clock.now());
  }

  endInner(): void {
    [this.#inner, this.#loader] = [undefined, undefined];
    this.#main?.resume(this.#options.clock.now());
    this.#drawnDone = this.#main?.done ?? 0;
    if (this.#live?.isOnScreen !== true) return;
    if (this.#main === undefined) this.#live.remove();
    else this.#draw();
  }

  /** @param done batches of the epoch; what runs within it and other stages count by themselves */
  advance(done?: number): void {
    const meter = this.#inner ?? this.#main;
    if (meter === undefined) return;
    meter.done = done ?? meter.done + 1;
    if (this.#loader !== undefined) this.#loader.done += 1;
    const { clock, lineMs, metricsMs, refreshMs, refreshRate, terminal } = this.#options;
    const now = clock.now();
    if (now - this.#drawnMs < (terminal.isInteractive ? refreshMs : lineMs)) return;
    if (terminal.isInteractive && meter.done - this.#drawnDone < refreshRate) return;
    [this.#drawnMs, this.#drawnDone] = [now, meter.done];
    if (now - this.#readMs >= metricsMs) {
      this.readMetrics();
      this.#readMs = now;
    }
    this.#draw();
  }

  /** What is read next is read at once. */
  forgetReading(): void {
    this.#readMs = Number.NEGATIVE_INFINITY;
  }

  readMetrics(): void {
    this.#metrics = this.#options.readMetrics();
  }

  finish(stays: boolean): void {
    this.#loader = undefined;
    if (stays || this.#live === undefined) this.#draw();
    if (stays) this.#live?.leave();
    else this.#live?.remove();
    this.#main = undefined;
  }

  #draw(): void {
    if (!this.#options.isShown()) return;
    const lines = this.#render();
    if (this.#live !== undefined) this.#live.show(lines);
    else for (const line of lines) this.#options.terminal.write(`${line}\n`);
  }

  #render(): string[] {
    const { clock, columns, look, terminal } = this.#options;
    const now = clock.now();
    const stages = [this.#main, this.#inner].flatMap((meter) => meter ?? []);
    const all = this.#loader === undefined ? stages : [...stages, this.#loader];
    const meters = terminal.isInteractive ? all : stages.slice(-1);
    const shared = {
      columns: terminal.isInteractive ? columns() : Number.POSITIVE_INFINITY,
      withBar: terminal.isInteractive,
      look: look(),
    };
    return meters.flatMap((meter, depth) =>
      renderBar({
        ...shared,
        label: `${"  ".repeat(depth)}${meter.label}`,
        done: meter.done,
        total: meter.total,
        elapsedMs: meter.elapsedMs(now),
        before: meter.before,
        metrics: meter === this.#main ? this.#metrics : [],
      }),
    );
  }
}
