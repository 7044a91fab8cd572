import { gradOf, noGrad, setGrad, setGradElsewhere, startInOrder, tf } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Collective, CollectiveWork } from "../../collectives/collective.js";
import { bucketsOf, type GradientEntry } from "../ddp/buckets.js";
import type { GradientReduction } from "../ddp/gradient-reduction.js";
import type { GradientShare } from "../ddp/open-gradients.js";
import { FlatGradients } from "./flat-gradients.js";
import { IncomingTensors } from "./incoming-tensors.js";
import type { ParameterOwners } from "./parameter-owners.js";
import { Scratch } from "./scratch.js";
import { travellingParts } from "./travelling-parts.js";

export interface ShardedReductionOptions {
  /** How many bytes of gradients are computed before they travel, and travel in one call. */
  readonly bucketBytes: number;
  readonly owners: () => ParameterOwners;
}

/**
 * Gives each rank the mean of the gradients of its own parameters, and takes all others away. While one bucket
 * travels, a backend that computes later goes on with what the next ones need. What is reduced already waits apart
 * while a further backward runs, so that it is not averaged again.
 */
export class ShardedReduction implements GradientReduction {
  readonly #options: ShardedReductionOptions;
  readonly #scratch = new Scratch();
  /** What earlier reductions of an accumulation gave this rank. */
  readonly #reduced = new Map<Variable, Tensor>();
  /** Parameters whose gradients have ever been reduced: the same on all ranks. */
  readonly everReduced = new Set<Variable>();

  constructor(options: ShardedReductionOptions) {
    this.#options = options;
  }

  beforeBackward(parameters: readonly Variable[], unreduced: ReadonlySet<Variable>): void {
    for (const parameter of parameters) {
      // Where a gradient of several backwards was taken away in between, so is what it was to be added to.
      if (gradOf(parameter) === null) this.#drop(parameter);
      else if (!unreduced.has(parameter) && this.everReduced.has(parameter)) this.#setApart(parameter);
    }
  }

  afterBackward(unreduced: ReadonlySet<Variable>): void {
    for (const [parameter, mean] of this.#reduced) {
      if (unreduced.has(parameter)) continue;
      setGrad(parameter, mean);
      this.#reduced.delete(parameter);
    }
  }

  *reduce(collective: Collective, entries: readonly GradientEntry[], without: string): Generator<CollectiveWork, void> {
    const { rank } = collective;
    const owners = this.#options.owners();
    for (const { parameter, gradient } of entries) {
      this.everReduced.add(parameter);
      setGradElsewhere(parameter, (owners.ownerOf(parameter) ?? rank) !== rank);
      if (gradient === null) this.#setApart(parameter);
    }
    const buckets = bucketsOf(entries, this.#options.bucketBytes);
    startInOrder(buckets.map((bucket) => bucket.flatMap(({ gradient }) => gradient ?? [])));
    for (const [index, bucket] of buckets.entries())
      yield* this.#reduceBucket(collective, bucket, `of bucket ${index + 1} of ${buckets.length}${without}`);
  }

  sharesOf(parameter: Variable, { rank, worldSize }: Collective, isUnreduced: boolean): readonly GradientShare[] {
    const gradient = gradOf(parameter);
    if (gradient === null) return [];
    const owner = this.#options.owners().ownerOf(parameter);
    if (!isUnreduced && owner !== undefined) return owner === rank ? [{ gradient, times: worldSize }] : [];
    const reduced = this.#reduced.get(parameter);
    return [{ gradient, times: 1 }, ...(reduced === undefined ? [] : [{ gradient: reduced, times: worldSize }])];
  }

  resume(gradients: ReadonlyMap<Variable, Tensor>, { rank }: Collective): void {
    for (const [parameter, gradient] of gradients) {
      const isOurs = (this.#options.owners().ownerOf(parameter) ?? rank) === rank;
      this.everReduced.add(parameter);
      this.#drop(parameter);
      setGradElsewhere(parameter, !isOurs);
      setGrad(parameter, isOurs ? gradient : null);
      if (!isOurs) gradient.dispose();
    }
  }

  /** Whatever is trained after this has its gradients here. */
  end(): void {
    for (const parameter of this.everReduced) setGradElsewhere(parameter, false);
  }

  *#reduceBucket(
    collective: Collective,
    bucket: readonly GradientEntry[],
    of: string,
  ): Generator<CollectiveWork, void> {
    const { rank, worldSize } = collective;
    const owners = this.#options.owners();
    const byOwner = Array.from({ length: worldSize }, (_, owner) =>
      bucket.filter(({ parameter }) => owners.ownerOf(parameter) === owner),
    );
    const flats = byOwner.map((own) => new FlatGradients(own));
    const own = (byOwner[rank] ?? []).map(({ parameter }) => parameter);
    const incoming = new IncomingTensors(own, (parameter, mean) => this.#take(parameter, mean));
    try {
      yield* this.#exchange(collective, flats, incoming, of);
    } finally {
      incoming.end();
      for (const flat of flats) flat.end();
    }
  }

  *#exchange(
    collective: Collective,
    flats: readonly FlatGradients[],
    incoming: IncomingTensors,
    of: string,
  ): Generator<CollectiveWork, void> {
    const { rank } = collective;
    const lengths = flats.map(({ length }) => length);
    for (const { from, count, owner } of travellingParts(lengths, this.#options.bucketBytes)) {
      const travelling = owner === undefined ? flats : flats.slice(owner, owner + 1);
      for (const flat of travelling) yield flat.read(from, count);
      const size = travelling.length * count;
      const memory = this.#scratch.take(owner === undefined ? size + count : size);
      const [all, mean] = [memory.subarray(0, size), memory.subarray(size)];
      for (const [index, flat] of travelling.entries())
        flat.takeInto(all.subarray(index * count, (index + 1) * count), from);
      if (owner === undefined) {
        yield collective.reduceScatter(all, mean, { name: `gradients from ${from} on ${of}`, op: "mean" });
        incoming.add(mean);
      } else {
        const name = `gradients of rank ${owner} from ${from} on ${of}`;
        yield collective.reduce(all, { name, op: "mean", destination: owner });
        if (rank === owner) incoming.add(all);
      }
    }
  }

  /** The mean of this backward, and those of earlier ones. */
  #take(parameter: Variable, mean: Tensor): void {
    const before = this.#reduced.get(parameter);
    if (before === undefined) return setGrad(parameter, mean);
    noGrad(() => setGrad(parameter, tf.add(before, mean)));
    mean.dispose();
    this.#drop(parameter);
  }

  #setApart(parameter: Variable): void {
    const gradient = gradOf(parameter);
    if (gradient === null) return;
    this.#drop(parameter);
    this.#reduced.set(
      parameter,
      noGrad(() => tf.keep(tf.clone(gradient))),
    );
    setGrad(parameter, null);
  }

  #drop(parameter: Variable): void {
    this.#reduced.get(parameter)?.dispose();
    this.#reduced.delete(parameter);
  }
}
