import { classNameOf, isPromiseLike } from "@lightning-ts/core";
import { adviceOnWriting, isFileError } from "../checkpoint/file-error.js";
import type { FinalStatus, Logger } from "./logger.js";

/** How many entries are kept for a logger that fails; beyond that the oldest ones are dropped. */
const MOST_OWED = 1000;

/** One call that hands something to a logger. One that returns a promise has handed it over when that is fulfilled. */
type Handing = (logger: Logger) => unknown;

interface Entry {
  /** Its place among all entries of the run. */
  readonly place: number;
  /** The logger's method, for reports. */
  readonly method: string;
  readonly hand: Handing;
}

/**
 * A logger whose failures never end a run. What it throws is reported. Entries that it did not accept are kept, and
 * handed to it again, in order, at the next flush; until then it gets nothing else, so that a logger that is down costs
 * one call per flush. Entries that were dropped, or that may not have been written, are counted.
 */
export class GuardedLogger {
  readonly logger: Logger;
  readonly #report: (text: string) => void;
  #isOpen = false;
  #isFailing = false;
  #added = 0;
  /** In the order in which they were added. */
  #owed: Entry[] = [];
  /** What an asynchronous logger has not taken yet. */
  #onTheWay: PromiseLike<unknown>[] = [];
  /** Entries that the logger took and has not written yet. */
  #unwritten = 0;
  #lost = 0;
  #lostAsReported = 0;

  constructor(logger: Logger, report: (text: string) => void) {
    this.logger = logger;
    this.#report = report;
  }

  /** Entries that are nowhere: given up, or taken by a logger that could not write them before it was closed. */
  get lostCount(): number {
    return this.#lost;
  }

  async open(): Promise<void> {
    await this.#attempt("open", async () => {
      await this.logger.open();
      this.#isOpen = true;
    });
  }

  /** Hands something over, or keeps it for the next flush where the logger is down. */
  add(method: string, hand: Handing): void {
    const entry: Entry = { place: this.#added, method, hand };
    this.#added += 1;
    if (this.#owed.length > 0 || !this.#hand(entry)) this.#owe(entry);
  }

  /** Tries again what failed, and lets the logger write. */
  async flush(): Promise<void> {
    await this.#write("save", () => this.logger.save());
  }

  /** Like `flush`, for the last time: what the logger does not take now is lost. */
  async finalize(status: FinalStatus): Promise<void> {
    const close = () => this.#write("finalize", () => this.logger.finalize(status));
    // There is no later flush: what failed once gets another chance now.
    if (!(await close())) await close();
    const lost = this.#owed.length + this.#unwritten;
    this.#owed = [];
    this.#unwritten = 0;
    this.#lost += lost;
    if (this.#lost === this.#lostAsReported) return;
    this.#report(`The logger ${this.#name} lost ${entries(this.#lost)} of this run.`);
    this.#lostAsReported = this.#lost;
  }

  /** Counts what the logger has not written as lost, because it is not waited for any longer. */
  giveUp(waitedMs: number): void {
    const lost = this.#owed.length + this.#unwritten;
    this.#owed = [];
    this.#unwritten = 0;
    this.#lost += lost;
    this.#lostAsReported = this.#lost;
    this.#report(
      `The logger ${this.#name} did not close in ${waitedMs / 1000} seconds and is left alone; ${entries(lost)} may be lost.`,
    );
  }

  /** @returns whether the logger has written all that there was */
  async #write(method: string, write: () => Promise<void>): Promise<boolean> {
    if (!this.#isOpen) await this.open();
    if (!this.#isOpen) return false;
    await this.#settle();
    // A logger that is down is asked nothing else, but closed it must be.
    if (!this.#handOwed() && method === "save") return false;
    await this.#settle();
    const isWritten = await this.#attempt(method, write);
    if (!isWritten) return false;
    this.#unwritten = 0;
    if (this.#owed.length > 0) return false;
    if (!this.#isFailing) return true;
    this.#isFailing = false;
    this.#lostAsReported = this.#lost;
    this.#report(
      `The logger ${this.#name} works again; ${this.#lost === 0 ? "nothing was" : `${entries(this.#lost)} were`} lost.`,
    );
    return true;
  }

  /** Hands over what is owed, in order. @returns false where the logger refused at once */
  #handOwed(): boolean {
    for (let first = this.#owed[0]; first !== undefined; first = this.#owed[0]) {
      if (!this.#hand(first)) return false;
      this.#owed.shift();
    }
    return true;
  }

  #hand(entry: Entry): boolean {
    try {
      const taken = entry.hand(this.logger);
      this.#unwritten += 1;
      // A thenable may answer at once; as a promise it answers when the entry has left the list of what is owed.
      if (isPromiseLike(taken))
        this.#onTheWay.push(Promise.resolve(taken).then(undefined, (error) => this.#refused(entry, error)));
      return true;
    } catch (error) {
      this.#fail(entry.method, error);
      return false;
    }
  }

  /** Waits for what asynchronous loggers are handed. */
  async #settle(): Promise<void> {
    for (const taken of this.#onTheWay.splice(0)) await taken;
  }

  #refused(entry: Entry, error: unknown): void {
    this.#unwritten = Math.max(0, this.#unwritten - 1);
    this.#fail(entry.method, error);
    this.#owe(entry);
  }

  async #attempt(method: string, call: () => Promise<void>): Promise<boolean> {
    try {
      await call();
      return true;
    } catch (error) {
      this.#fail(method, error);
      return false;
    }
  }

  #owe(entry: Entry): void {
    const later = this.#owed.findIndex(({ place }) => place > entry.place);
    this.#owed.splice(later < 0 ? this.#owed.length : later, 0, entry);
    if (this.#owed.length <= MOST_OWED) return;
    this.#owed.shift();
    this.#lost += 1;
  }

  /** Reports the first failure of a row of them. */
  #fail(method: string, error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
    const { logDir = this.logger.rootDir } = this.logger;
    const advice = isFileError(error) ? ` Try: ${adviceOnWriting(error)}` : "";
    this.#report(
      `The logger ${this.#name}${logDir === undefined ? "" : `, which writes to ${logDir},`} failed in ${method}: ${reason}. The run goes on, and the logger is tried again ${method === "finalize" ? "once more" : "at the next flush"}.${advice}`,
    );
  }

  get #name(): string {
    return classNameOf(this.logger);
  }
}

function entries(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}
