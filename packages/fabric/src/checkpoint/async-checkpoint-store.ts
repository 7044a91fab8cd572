import { mapTree, tf, type HostTensor } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { SerialQueue } from "../background/serial-queue.js";
import type { CheckpointStore, CheckpointValue, LoadedTree, SaveOptions } from "./checkpoint-store.js";
import { packTree } from "./pack-tree.js";

type Tree = { readonly [key: string]: CheckpointValue };

/**
 * Saves in the background: `save` resolves when all values are copied, and the run goes on while the inner store
 * writes. Writes happen one after the other. One that fails is reported by the next `save` or `remove`, or by
 * `teardown`, which waits for all.
 * @example
 * ```ts
 * import { AsyncCheckpointStore, Fabric, SafetensorsCheckpointStore } from "@lightning-ts/fabric";
 * import { nodeFiles } from "@lightning-ts/fabric/node";
 *
 * const store = new AsyncCheckpointStore(new SafetensorsCheckpointStore(nodeFiles()));
 * const fabric = new Fabric({ plugins: [store] });
 * await fabric.launch();
 * await fabric.save("async.ckpt", { step: 3 }); // resolves when the values are copied
 * await fabric.close(); // waits until the file is written
 * ```
 */
export class AsyncCheckpointStore implements CheckpointStore {
  readonly kind = "checkpoint-store";
  readonly name: string;
  readonly #inner: CheckpointStore;
  readonly #queue = new SerialQueue();
  #failure: { readonly error: unknown } | undefined;
  /** Paths whose last save failed. */
  readonly #unwritten = new Set<string>();

  /** @param inner does the writing, e.g. `new SafetensorsCheckpointStore(files)` */
  constructor(inner: CheckpointStore) {
    this.#inner = inner;
    this.name = `async ${inner.name}`;
  }

  /** @throws CheckpointValueError at once; CheckpointWriteError of an earlier save */
  async save(path: string, tree: Tree, options?: SaveOptions): Promise<void> {
    this.#throwFailure();
    packTree(tree, options);
    const snapshot = await snapshotOf(tree);
    this.#queue.enqueue(async () => {
      try {
        await this.#inner.save(path, snapshot, options);
        this.#unwritten.delete(path);
      } catch (error) {
        this.#failure ??= { error };
        this.#unwritten.add(path);
      }
    });
  }

  /** Waits for what is being written. @throws CheckpointWriteError of an earlier save */
  get commitShards(): CheckpointStore["commitShards"] {
    const inner = this.#inner;
    if (inner.commitShards === undefined) return undefined;
    return async (...request) => {
      await this.#queue.settled();
      this.#throwFailure();
      await inner.commitShards?.(...request);
    };
  }

  async load(path: string): Promise<LoadedTree> {
    await this.#queue.settled();
    return this.#inner.load(path);
  }
  async loadTensors(path: string): Promise<Map<string, HostTensor>> {
    await this.#queue.settled();
    return this.#inner.loadTensors(path);
  }
  /** @throws CheckpointWriteError of an earlier save: what was to be replaced by it stays */
  async remove(path: string): Promise<void> {
    await this.#queue.settled();
    this.#throwFailure();
    await this.#inner.remove(path);
  }
  async exists(path: string): Promise<boolean> {
    await this.#queue.settled();
    const exists = this.#inner.exists(path);
    // A disk that does not answer has not got what it refused to take.
    return this.#unwritten.has(path) ? exists.catch(() => false) : exists;
  }
  async teardown(): Promise<void> {
    await this.#queue.settled();
    await this.#inner.teardown();
    this.#throwFailure();
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }
}

/** The same tree with every tensor copied to the host. */
async function snapshotOf(tree: Tree): Promise<Tree> {
  const tensors = new Set<Tensor>();
  mapTree(tree, (leaf) => (leaf instanceof Tensor ? tensors.add(leaf) : leaf));
  const copies = new Map<unknown, HostTensor>();
  for (const tensor of tensors) {
    const values = await tensor.data();
    copies.set(tensor, tf.buffer(tensor.shape, tensor.dtype, values.slice()));
  }
  const copied = mapTree(tree, (leaf) => copies.get(leaf) ?? (leaf instanceof Uint8Array ? leaf.slice() : leaf));
  return isTree(copied) ? copied : {};
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null;
}
