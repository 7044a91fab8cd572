import type { FinalStatus, Logger } from "@lightning-ts/fabric";
import { messageOf } from "../errors/hook-error.js";

/** All loggers as one. A logger that throws is reported once and switched off; the run goes on. */
export class LoggerGroup {
  readonly loggers: readonly Logger[];
  readonly #broken = new Set<Logger>();
  readonly #warn: (text: string) => void;

  constructor(loggers: readonly Logger[], warn: (text: string) => void) {
    this.loggers = loggers;
    this.#warn = warn;
  }

  get isEmpty(): boolean {
    return this.loggers.length === 0;
  }

  logMetrics(metrics: Readonly<Record<string, number>>, step: number): void {
    for (const logger of this.#working()) this.#attempt(logger, "logMetrics", () => logger.logMetrics(metrics, step));
  }

  logHyperparams(params: Readonly<Record<string, unknown>>): void {
    for (const logger of this.#working())
      this.#attempt(logger, "logHyperparams", () => logger.logHyperparams?.(params));
  }

  async open(): Promise<void> {
    for (const logger of this.#working()) await this.#attemptAsync(logger, "open", () => logger.open?.());
  }

  async save(): Promise<void> {
    for (const logger of this.#working()) await this.#attemptAsync(logger, "save", () => logger.save());
  }

  async finalize(status: FinalStatus): Promise<void> {
    for (const logger of this.#working()) await this.#attemptAsync(logger, "finalize", () => logger.finalize(status));
  }

  #working(): readonly Logger[] {
    return this.#broken.size === 0 ? this.loggers : this.loggers.filter((logger) => !this.#broken.has(logger));
  }

  #attempt(logger: Logger, method: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#switchOff(logger, method, error);
    }
  }

  async #attemptAsync(logger: Logger, method: string, call: () => Promise<void> | undefined): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.#switchOff(logger, method, error);
    }
  }

  #switchOff(logger: Logger, method: string, error: unknown): void {
    this.#broken.add(logger);
    this.#warn(
      `The logger ${logger.constructor.name} failed in ${method} and is switched off for this run: ${messageOf(error)}`,
    );
  }
}
