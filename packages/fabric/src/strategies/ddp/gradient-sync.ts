import { gradOf, setGrad, startInOrder } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Collective, CollectiveWork } from "../../collectives/collective.js";
import { BucketReduction } from "./bucket-reduction.js";
import { bucketsOf, type GradientEntry } from "./buckets.js";
import { assignFlatBytes, flatBytesNow, flatBytesOf } from "./flat-values.js";
import type { GradientReduction } from "./gradient-reduction.js";
import { SharedGradients } from "./shared-gradients.js";
import { openGradientsOfRanks, type GradientShare } from "./open-gradients.js";
import { SyncedModule } from "./synced-module.js";
import type { TrainableModule } from "../../precision/trainable.js";
import type { OpenGradient } from "../strategy.js";

export interface GradientSyncOptions {
  readonly bucketBytes: number;
  readonly findUnusedParameters: boolean;
  readonly broadcastBuffers: boolean;
  /** Whether gradients travel as bfloat16. */
  readonly isCompressed: boolean;
  /** Whether ranks of one machine read each other's gradients where they lie. */
  readonly isShared: boolean;
  /** What is done instead of giving every rank the mean of each gradient. */
  readonly reduction: () => GradientReduction | undefined;
}

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

  readonly #shared = new SharedGradients();

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
    // Gradients that somebody has taken away before they travelled, as those of a window in which a fit has ended.
    for (const parameter of this.#changed) if (gradOf(parameter) === null) this.#changed.delete(parameter);
    const parameters = this.#parameters().map(([, parameter]) => parameter);
    const reduction = this.#options.reduction();
    reduction?.beforeBackward(parameters, this.#changed);
    const before = parameters.map((parameter) => [parameter, gradOf(parameter)] as const);
    body();
    for (const [parameter, gradient] of before) if (gradOf(parameter) !== gradient) this.#changed.add(parameter);
    reduction?.afterBackward(this.#changed);
  }

  /** `Strategy.openGradients`. */
  openGradients(
    collective: Collective,
    parameters: readonly Variable[],
    isOpen: (parameter: Variable) => boolean,
  ): Promise<OpenGradient[]> {
    const { bucketBytes } = this.#options;
    const reduction = this.#options.reduction();
    const sharesOf = (parameter: Variable): readonly GradientShare[] => {
      if (reduction !== undefined) return reduction.sharesOf(parameter, collective, this.#changed.has(parameter));
      const gradient = gradOf(parameter);
      return gradient === null ? [] : [{ gradient, times: 1 }];
    };
    return openGradientsOfRanks({ collective, parameters, isOpen, sharesOf, bucketBytes });
  }

  /** `Strategy.resumeGradients`. */
  resume(collective: Collective, gradients: ReadonlyMap<Variable, Tensor>): void {
    this.#changed.clear();
    const reduction = this.#options.reduction();
    if (reduction !== undefined) reduction.resume(gradients, collective);
    else for (const [parameter, gradient] of gradients) setGrad(parameter, gradient);
  }

  /** Gives back what ranks share. */
  close(): void {
    this.#shared.close();
  }

  get isDue(): boolean {
    return this.#changed.size > 0;
  }

  /** Averages the gradients over the ranks, and gives them rank 0's buffers. */
  async run(collective: Collective): Promise<void> {
    for (const work of this.#reduce(collective)) await work;
    const buffers = this.#buffers();
    if (buffers.length === 0) return;
    const bytes = await flatBytesOf(buffers);
    await collective.broadcast(bytes, { name: "buffers", source: 0 });
    if (collective.rank !== 0) assignFlatBytes(buffers, bytes);
  }

  /** `run` for callers that cannot wait. */
  join(collective: Collective): void {
    for (const work of this.#reduce(collective)) work.join();
    const buffers = this.#buffers();
    if (buffers.length === 0) return;
    const bytes = flatBytesNow(buffers);
    collective.broadcast(bytes, { name: "buffers", source: 0 }).join();
    if (collective.rank !== 0) assignFlatBytes(buffers, bytes);
  }

  /**
   * Averages the gradients bucket by bucket. While one travels, a backend that computes later goes on with what the
   * next ones need. The caller waits for each work before it asks for the next.
   */
  *#reduce(collective: Collective): Generator<CollectiveWork, void> {
    const { entries, missing } = this.#take();
    let all = entries;
    if (this.#options.findUnusedParameters) {
      const used = this.#usedAnywhere(collective, entries);
      yield used.work;
      all = used.entries();
    }
    const without = this.#options.findUnusedParameters ? "" : describeMissing(missing);
    const reduction = this.#options.reduction();
    if (reduction !== undefined) return yield* reduction.reduce(collective, all, without);
    if (this.#mayShare && SharedGradients.isPossible(collective)) {
      const parameters = this.#parameters().map(([, parameter]) => parameter);
      return yield* this.#shared.reduce(collective, parameters, all.filter(hasGradient), without);
    }
    const buckets = bucketsOf(all, this.#options.bucketBytes);
    startInOrder(buckets.map((bucket) => bucket.flatMap(({ gradient }) => gradient ?? [])));
    for (const [index, bucket] of buckets.entries()) {
      const name = `gradients, bucket ${index + 1} of ${buckets.length}${without}`;
      const travelling = new BucketReduction(bucket, { name, isCompressed: this.#options.isCompressed });
      try {
        yield travelling.borrow();
        yield travelling.start(collective);
        travelling.finish();
      } finally {
        travelling.drop();
      }
    }
  }

  /** All ranks have gradients for the same parameters then, and they travel as they are. */
  get #mayShare(): boolean {
    const { isShared, findUnusedParameters, isCompressed } = this.#options;
    return isShared && !findUnusedParameters && !isCompressed;
  }

  /** What has to be reduced, and the names of the parameters that have no gradient on this rank. */
  #take(): { readonly entries: readonly GradientEntry[]; readonly missing: readonly string[] } {
    const trainable = this.#parameters().filter(([, parameter]) => parameter.trainable || this.#changed.has(parameter));
    const entries = trainable.flatMap(([, parameter]): GradientEntry[] =>
      this.#changed.has(parameter) ? [{ parameter, gradient: gradOf(parameter) }] : [],
    );
    const missing = trainable.filter(([, parameter]) => !this.#changed.has(parameter)).map(([name]) => name);
    this.#changed.clear();
    return { entries, missing };
  }

  /**
   * Asks all ranks which parameters have a gradient on any of them. One that this rank's backward has not reached may
   * have that of an earlier one, which all ranks have, and to which the others have added.
   */
  #usedAnywhere(collective: Collective, own: readonly GradientEntry[]) {
    const known = new Map(own.map(({ parameter, gradient }) => [parameter, gradient]));
    const isReduction = this.#options.reduction() !== undefined;
    const earlier = (parameter: Variable): Tensor | null => (isReduction ? null : gradOf(parameter));
    const parameters = this.#parameters().map(([, parameter]) => parameter);
    const flags = Uint8Array.from(parameters, (parameter) => (known.has(parameter) ? 1 : 0));
    const entries = (): GradientEntry[] =>
      parameters
        .filter((_, index) => flags[index] === 1)
        .map((parameter) => ({ parameter, gradient: known.get(parameter) ?? earlier(parameter) }));
    return { work: collective.allReduce(flags, { name: "used parameters", op: "max" }), entries };
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

function hasGradient(entry: GradientEntry): entry is GradientEntry & { readonly gradient: Tensor } {
  return entry.gradient !== null;
}

function weightsOf(synced: SyncedModule): { readonly name: string; readonly source: number } {
  return { name: `weights (${synced.signature()})`, source: 0 };
}

/** Part of the call's name, so that ranks without gradients for different parameters learn of it by their names. */
function describeMissing(names: readonly string[]): string {
  if (names.length === 0) return "";
  const text = names.join(", ");
  const shown = text.length <= MOST_NAMES ? text : `${text.slice(0, MOST_NAMES)}… (${names.length} in all)`;
  return `, without ${shown}`;
}
