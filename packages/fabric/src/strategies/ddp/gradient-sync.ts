import { gradOf, setGrad, tf } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../../collectives/collective.js";
import { assignFlatBytes, flatBytesNow, flatBytesOf } from "./flat-values.js";
import { SyncedModule } from "./synced-module.js";
import type { TrainableModule } from "../../precision/trainable.js";

export interface GradientSyncOptions {
  readonly bucketBytes: number;
  readonly findUnusedParameters: boolean;
  readonly broadcastBuffers: boolean;
}

/** A parameter and its gradient on this rank, which counts as zero where there is none. */
type Entry = readonly [parameter: Variable, gradient: Tensor | null];

/** How many bytes of names a call may have that says which parameters have no gradient. */
const MOST_NAMES = 400;

/** Keeps modules alike on several ranks: weights when they are set up, gradients and buffers after each backward. */
export class GradientSync {
  readonly #options: GradientSyncOptions;
  readonly #modules: SyncedModule[] = [];
  /** Those whose weights were not sent yet. */
  readonly #fresh: SyncedModule[] = [];
  /** Parameters with gradients that the other ranks do not know. */
  readonly #changed = new Set<Variable>();

  constructor(options: GradientSyncOptions) {
    this.#options = options;
  }

  add(module: TrainableModule): void {
    if (this.#modules.some((known) => known.module === module)) return;
    const synced = new SyncedModule(module);
    this.#modules.push(synced);
    this.#fresh.push(synced);
  }

  /** Sends the weights and buffers of rank 0 to all. */
  async settle(collective: Collective): Promise<void> {
    for (const synced of this.#fresh.splice(0)) {
      const variables = synced.variables();
      const bytes = await flatBytesOf(variables);
      await collective.broadcast(bytes, weightsOf(synced));
      if (collective.rank !== 0) assignFlatBytes(variables, bytes);
    }
  }

  /** `settle` for callers that cannot wait. */
  joinSettled(collective: Collective): void {
    for (const synced of this.#fresh.splice(0)) {
      const variables = synced.variables();
      const bytes = flatBytesNow(variables);
      collective.broadcast(bytes, weightsOf(synced)).join();
      if (collective.rank !== 0) assignFlatBytes(variables, bytes);
    }
  }

  /** Notes which gradients `body` changes. */
  watch(body: () => void): void {
    const before = this.#parameters().map(([, parameter]) => [parameter, gradOf(parameter)] as const);
    body();
    for (const [parameter, gradient] of before) if (gradOf(parameter) !== gradient) this.#changed.add(parameter);
  }

  get isDue(): boolean {
    return this.#changed.size > 0;
  }

  /** Averages the gradients over the ranks, and gives them rank 0's buffers. */
  async run(collective: Collective): Promise<void> {
    const { entries, missing } = this.#take();
    const used = this.#options.findUnusedParameters ? this.#usedAnywhere(collective, entries) : undefined;
    await used?.work;
    const all = used === undefined ? entries : used.entries();
    const values = await Promise.all(all.map(async ([, gradient]) => gradient?.data<"float32">()));
    const buckets = this.#start(collective, all, values, missing);
    for (const { work } of buckets) await work;
    takeGradients(buckets);
    const buffers = this.#buffers();
    if (buffers.length === 0) return;
    const bytes = await flatBytesOf(buffers);
    await collective.broadcast(bytes, { name: "buffers", source: 0 });
    if (collective.rank !== 0) assignFlatBytes(buffers, bytes);
  }

  /** `run` for callers that cannot wait. */
  join(collective: Collective): void {
    const { entries, missing } = this.#take();
    const used = this.#options.findUnusedParameters ? this.#usedAnywhere(collective, entries) : undefined;
    used?.work.join();
    const all = used === undefined ? entries : used.entries();
    const values = all.map(([, gradient]) => gradient?.dataSync<"float32">());
    const buckets = this.#start(collective, all, values, missing);
    for (const { work } of buckets) work.join();
    takeGradients(buckets);
    const buffers = this.#buffers();
    if (buffers.length === 0) return;
    const bytes = flatBytesNow(buffers);
    collective.broadcast(bytes, { name: "buffers", source: 0 }).join();
    if (collective.rank !== 0) assignFlatBytes(buffers, bytes);
  }

  /** What has to be reduced, and the names of the parameters that have no gradient on this rank. */
  #take(): { readonly entries: readonly Entry[]; readonly missing: readonly string[] } {
    const trainable = this.#parameters().filter(([, parameter]) => parameter.trainable || this.#changed.has(parameter));
    const entries = trainable.flatMap(([, parameter]): Entry[] =>
      this.#changed.has(parameter) ? [[parameter, gradOf(parameter)]] : [],
    );
    const missing = trainable.filter(([, parameter]) => !this.#changed.has(parameter)).map(([name]) => name);
    this.#changed.clear();
    return { entries, missing };
  }

  /** Asks all ranks which parameters have a gradient on any of them. */
  #usedAnywhere(collective: Collective, own: readonly Entry[]) {
    const known = new Map(own);
    const parameters = this.#parameters().map(([, parameter]) => parameter);
    const flags = Uint8Array.from(parameters, (parameter) => (known.has(parameter) ? 1 : 0));
    const entries = (): Entry[] =>
      parameters.filter((_, index) => flags[index] === 1).map((parameter) => [parameter, known.get(parameter) ?? null]);
    return { work: collective.allReduce(flags, { name: "used parameters", op: "max" }), entries };
  }

  /** Starts to reduce gradients, bucket by bucket. */
  #start(
    collective: Collective,
    entries: readonly Entry[],
    values: readonly (Float32Array | undefined)[],
    missing: readonly string[],
  ) {
    const without = this.#options.findUnusedParameters ? "" : describeMissing(missing);
    const buckets = bucketsOf(entries, this.#options.bucketBytes);
    return buckets.map(({ first, end, length }, index) => {
      const flat = new Float32Array(length);
      let from = 0;
      for (let entry = first; entry < end; entry += 1) {
        const own = values[entry];
        if (own !== undefined) flat.set(own, from);
        from += entries[entry]?.[0].size ?? 0;
      }
      const name = `gradients, bucket ${index + 1} of ${buckets.length}${without}`;
      return { flat, entries: entries.slice(first, end), work: collective.allReduce(flat, { name, op: "mean" }) };
    });
  }

  #buffers(): Variable[] {
    return this.#options.broadcastBuffers ? this.#modules.flatMap((synced) => synced.buffers()) : [];
  }

  /** Of all modules; one that two of them share comes once. */
  #parameters(): [name: string, parameter: Variable][] {
    const byVariable = new Map<Variable, string>();
    for (const synced of this.#modules)
      for (const [name, parameter] of synced.parameters())
        if (!byVariable.has(parameter)) byVariable.set(parameter, name);
    return [...byVariable].map(([parameter, name]) => [name, parameter]);
  }
}

function weightsOf(synced: SyncedModule): { readonly name: string; readonly source: number } {
  return { name: `weights (${synced.signature()})`, source: 0 };
}

interface Bucket {
  readonly first: number;
  readonly end: number;
  /** Elements in all. */
  readonly length: number;
}

/** Neighbours that fill a bucket together; a parameter that is larger has one of its own. */
function bucketsOf(entries: readonly Entry[], bucketBytes: number): Bucket[] {
  const buckets: Bucket[] = [];
  let first = 0;
  let length = 0;
  for (const [index, [{ size }]] of entries.entries()) {
    if (length > 0 && (length + size) * Float32Array.BYTES_PER_ELEMENT > bucketBytes) {
      buckets.push({ first, end: index, length });
      first = index;
      length = 0;
    }
    length += size;
  }
  if (entries.length > 0) buckets.push({ first, end: entries.length, length });
  return buckets;
}

function takeGradients(buckets: readonly { readonly flat: Float32Array; readonly entries: readonly Entry[] }[]): void {
  for (const { flat, entries } of buckets) {
    let from = 0;
    for (const [parameter] of entries) {
      const to = from + parameter.size;
      setGrad(parameter, tf.tensor(flat.subarray(from, to), parameter.shape, "float32"));
      from = to;
    }
  }
}

/** Part of the call's name, so that ranks without gradients for different parameters learn of it by their names. */
function describeMissing(names: readonly string[]): string {
  if (names.length === 0) return "";
  const text = names.join(", ");
  const shown = text.length <= MOST_NAMES ? text : `${text.slice(0, MOST_NAMES)}… (${names.length} in all)`;
  return `, without ${shown}`;
}
