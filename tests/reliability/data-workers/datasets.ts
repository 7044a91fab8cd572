// Datasets that worker threads import, for the tests of loaders with workers.
import {
  DataLoader,
  DatasetError,
  IterableDataset,
  RandomStream,
  workerInfo,
  type Dataset,
  type IterableDatasetState,
  type Sample,
  type WorkerSource,
} from "lightning-ts/core";

let module = import.meta.url;

/** Says where workers find this file as JavaScript. */
export function setModule(url: string): void {
  module = url;
}

const source = (name: string, ...args: unknown[]): WorkerSource => ({ module, name, args });

/** Squares and some noise from the stream "noise". */
export class NoisySquares implements Dataset<{ square: number; noise: number; worker: number }> {
  readonly workerSource: WorkerSource;

  constructor(readonly length: number) {
    this.workerSource = source("NoisySquares", length);
  }

  get(index: number): { square: number; noise: number; worker: number } {
    return { square: index * index, noise: RandomStream.named("noise").uniform(), worker: workerInfo()?.id ?? -1 };
  }
}

/** Numbers of each item's own stream. */
export class Augmented implements Dataset<number> {
  readonly length = 9;
  readonly workerSource = source("Augmented");

  get(_index: number, sample?: Sample): number {
    return sample?.random.uniform() ?? -1;
  }
}

/** What goes wrong, with which item. */
export type Fault = "throw" | "reject" | "exit" | "loop" | "memory" | "growth" | "class" | "uncaught" | "range";

/** Numbers of which one goes wrong. */
export class Faulty implements Dataset<unknown> {
  readonly length = 12;
  readonly workerSource: WorkerSource;

  constructor(
    readonly fault: Fault,
    readonly at = 5,
  ) {
    this.workerSource = source("Faulty", fault, at);
  }

  get(index: number): unknown {
    if (index !== this.at || workerInfo() === undefined) return index;
    switch (this.fault) {
      case "throw":
        throw new TypeError("no such picture");
      case "range":
        throw new DatasetError({ message: "my own error" });
      case "reject":
        return Promise.reject(new Error("the disk is gone"));
      case "exit":
        return process.exit(3);
      case "loop":
        for (;;) if (Date.now() < 0) return index;
      case "memory": {
        const held: string[][] = [];
        for (;;) held.push(Array.from({ length: 100_000 }, (_, i) => `${i} and more`));
      }
      case "growth": {
        const held: Uint8Array[] = [];
        for (let next = Date.now(); ;) {
          if (Date.now() < next) continue;
          next += 20;
          if (held.length < 150) held.push(new Uint8Array(4e6).fill(1));
        }
      }
      case "class":
        return new Faulty("throw");
      case "uncaught":
        setTimeout(() => {
          throw new Error("nobody waits for this");
        });
        return new Promise(() => undefined);
    }
  }
}

/** Batches that the dataset makes itself, out of memory that it keeps. */
export class OwnBatches implements Dataset<number> {
  readonly length = 6;
  readonly workerSource = source("OwnBatches");
  readonly #kept = new Float32Array([7, 7]);

  get(index: number): number {
    return index;
  }

  getBatch(indices: readonly number[]): never {
    const kept: unknown = { indices: [...indices], kept: this.#kept };
    return kept as never;
  }
}

/** Numbers of which each worker reads its part; it goes on from its state. */
export class Counted extends IterableDataset<number> {
  override readonly workerSource: WorkerSource;
  #next: number | undefined;

  constructor(
    readonly count: number,
    readonly isShared = true,
  ) {
    super();
    this.workerSource = source("Counted", count, isShared);
  }

  override get length(): number {
    return this.count;
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    const { id, numWorkers } = (this.isShared ? workerInfo() : undefined) ?? { id: 0, numWorkers: 1 };
    for (let i = this.#next ?? id; i < this.count; i += numWorkers) {
      this.#next = i + numWorkers;
      yield i;
    }
    this.#next = undefined;
  }

  override state(): IterableDatasetState {
    return { next: this.#next };
  }

  override restore({ next }: IterableDatasetState): void {
    this.#next = typeof next === "number" ? next : undefined;
  }
}

/** A function that makes a dataset. */
export async function lettersLater(letters: string): Promise<Dataset<string>> {
  return { length: letters.length, get: (index) => letters.charAt(index) };
}

const started: number[] = [];

/** Called in each worker before its first batch. */
export function noteStart(worker: number): void {
  started.push(worker);
}

/** Which calls of `noteStart` this thread has seen. */
export class Started implements Dataset<string> {
  readonly length = 4;
  readonly workerSource = source("Started");

  get(): string {
    return `${workerInfo()?.id}: ${started.join()}`;
  }
}

/** A dataset that reads another one through a loader with workers. */
export class LoaderInside implements Dataset<number> {
  readonly length = 1;
  readonly workerSource = source("LoaderInside");

  async get(): Promise<number> {
    for await (const { values } of new DataLoader([1], { numWorkers: 1 })) return values[0] ?? 0;
    return 0;
  }
}
