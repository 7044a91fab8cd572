import type { BackendValues } from "@tensorflow/tfjs-core";
import { elementCount } from "../graph/value-spec.js";
import { mergeComplex } from "./complex-values.js";
import type { GraphEngine } from "./graph-engine.js";
import { arrayOfSingle, hostDtypeOf } from "./host-values.js";
import { DataState, type LazyData } from "./lazy-data.js";

/** A content that the host looks at where it lies. It is not to be changed, and stays until it is given back. */
export interface Loan {
  readonly values: BackendValues;
  /** Giving back twice is harmless. */
  giveBack(): void;
}

/** Hands contents to the host. Asynchronous reads of one turn of the event loop share a graph. */
export class Reader {
  readonly #engine: GraphEngine;
  #wanted = new Set<LazyData>();
  #turn: Promise<void> | undefined;
  /** How many asynchronous reads have not got their values, and what waits for the last of them. */
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(engine: GraphEngine) {
    this.#engine = engine;
  }

  /** A copy of the content; blocks until it has been computed. */
  readSync(data: LazyData): BackendValues {
    data.users++;
    try {
      if (data.node !== undefined) this.#compute(new Set([data]));
      if (data.run !== undefined) this.#engine.queue.join(data.run);
      return this.#contentOf(data);
    } finally {
      data.users--;
      this.#engine.liveness.release(data);
    }
  }

  /** Like `readSync` with the event loop free; the tensor may be disposed meanwhile. */
  async read(data: LazyData): Promise<BackendValues> {
    data.users++;
    this.#underWay++;
    try {
      if (data.node !== undefined) await this.#runSoon(data);
      if (data.run !== undefined) await this.#engine.queue.wait(data.run);
      return await this.#fetch(data);
    } finally {
      data.users--;
      this.#engine.liveness.release(data);
      this.#endRead();
    }
  }

  /** The content itself, where the host can see it, else a copy; blocks until it has been computed. */
  lendSync(data: LazyData): Loan {
    const loan = this.#openLoan(data);
    try {
      if (data.node !== undefined) this.#compute(new Set([data]));
      if (data.run !== undefined) this.#engine.queue.join(data.run);
      return { ...loan, values: this.#viewOf(data) ?? this.#contentOf(data) };
    } catch (error) {
      loan.giveBack();
      throw error;
    }
  }

  /** Like `lendSync` with the event loop free. */
  async lend(data: LazyData): Promise<Loan> {
    const loan = this.#openLoan(data);
    this.#underWay++;
    try {
      if (data.node !== undefined) await this.#runSoon(data);
      if (data.run !== undefined) await this.#engine.queue.wait(data.run);
      return { ...loan, values: this.#viewOf(data) ?? (await this.#fetch(data)) };
    } catch (error) {
      loan.giveBack();
      throw error;
    } finally {
      this.#endRead();
    }
  }

  /** Calls `end` when all reads that have begun have ended: at once, where none is under way. */
  async afterReads(end: () => Promise<void>): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await end();
  }

  #endRead(): void {
    this.#underWay--;
    if (this.#underWay === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #openLoan(data: LazyData): Pick<Loan, "giveBack"> {
    data.users++;
    let isOpen = true;
    const giveBack = (): void => {
      if (!isOpen) return;
      isOpen = false;
      data.users--;
      this.#engine.liveness.release(data);
    };
    return { giveBack };
  }

  /**
   * Starts what is needed for these results, as one flush, with graphs for what the first group needs, then the second,
   * and so on: who reads the first group does not wait for the others.
   */
  startInOrder(groups: readonly (readonly LazyData[])[]): void {
    const wanted = new Set(groups.flat().filter(({ node }) => node !== undefined));
    if (wanted.size > 0) this.#engine.runFor(wanted, groups);
  }

  /** Numbers that came from the host; `undefined` if a graph computes them. */
  knownValues(data: LazyData): ArrayLike<number> | undefined {
    if (data.single !== undefined) return [data.single];
    const { buffer, dtype, shape } = data;
    return buffer === undefined || !data.isFromHost
      ? undefined
      : this.#engine.runner.view?.(buffer, hostDtypeOf(dtype), elementCount(shape));
  }

  /** Starts what asynchronous reads of this turn have asked for. */
  startWanted(): void {
    const wanted = this.#wanted;
    this.#wanted = new Set();
    this.#turn = undefined;
    if (wanted.size > 0) this.#compute(wanted);
  }

  #runSoon(data: LazyData): Promise<void> {
    this.#wanted.add(data);
    this.#turn ??= Promise.resolve().then(() => this.startWanted());
    return this.#turn;
  }

  /** Where an op that nobody asked for spoils the graph, what was asked for is computed without it. */
  #compute(wanted: ReadonlySet<LazyData>): void {
    const isMissing = () => [...wanted].some(({ node }) => node !== undefined);
    for (let recorded = Number.POSITIVE_INFINITY; isMissing() && this.#engine.pendingCount < recorded;) {
      recorded = this.#engine.pendingCount;
      this.#engine.runFor(wanted);
    }
  }

  #viewOf(data: LazyData): BackendValues | undefined {
    const { buffer, dtype, shape } = data;
    const { runner } = this.#engine;
    const view = buffer === undefined ? undefined : runner.view?.(buffer, hostDtypeOf(dtype), elementCount(shape));
    return view ?? (runner.fetch === undefined ? this.#contentOf(data) : undefined);
  }

  #fetch(data: LazyData): BackendValues | Promise<BackendValues> {
    const { buffer, dtype, shape } = data;
    const { runner } = this.#engine;
    if (buffer === undefined || runner.fetch === undefined) return this.#contentOf(data);
    return runner.fetch(buffer, hostDtypeOf(dtype), elementCount(shape));
  }

  #contentOf(data: LazyData): BackendValues {
    const { host, single, buffer, dtype, shape } = data;
    if (data.state === DataState.Failed) {
      this.#engine.queue.markHeard(data.failure);
      throw data.failure;
    }
    if (host !== undefined) return host.kind === "string" ? host.values : mergeComplex(host.real, host.imag);
    if (single !== undefined) return arrayOfSingle(single, dtype);
    if (buffer === undefined) throw new Error("Tensor is disposed.");
    return this.#engine.runner.download(buffer, hostDtypeOf(dtype), elementCount(shape));
  }
}
