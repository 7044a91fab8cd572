import { draftTensor, setGrad, type TensorDraft } from "@lightning-ts/core";
import type { Collective, CollectiveWork } from "../../collectives/collective.js";
import { Parts } from "../../collectives/parts.js";
import { workAfter } from "../../collectives/work-after.js";
import type { GradientEntry } from "./buckets.js";
import { compressedMean } from "./compressed-reduction.js";
import { GradientLoans } from "./gradient-loans.js";

/** Averages the gradients of one bucket: they are borrowed when they are computed, and others take their place. */
export class BucketReduction {
  readonly #entries: readonly GradientEntry[];
  readonly #name: string;
  readonly #isCompressed: boolean;
  readonly #loans: GradientLoans;
  #drafts: readonly TensorDraft[] = [];

  /** @param options.isCompressed whether they travel as bfloat16 */
  constructor(entries: readonly GradientEntry[], options: { readonly name: string; readonly isCompressed: boolean }) {
    this.#entries = entries;
    this.#loans = new GradientLoans(entries.map(({ gradient }) => gradient));
    this.#name = options.name;
    this.#isCompressed = options.isCompressed;
  }

  /** Waits until this rank has computed the gradients. */
  borrow(): CollectiveWork {
    return this.#loans.borrow();
  }

  /** Starts to reduce what was borrowed. */
  start(collective: Collective): CollectiveWork {
    this.#drafts = this.#entries.map(({ parameter }) => draftTensor(parameter.shape));
    const inputs = this.#entries.map(
      ({ parameter }, index) => this.#loans.valuesAt(index) ?? new Float32Array(parameter.size),
    );
    const outputs = this.#drafts.map(({ values }) => values);
    if (this.#isCompressed) return compressedMean(collective, { name: this.#name, inputs, outputs });
    const call = { name: this.#name, op: "mean" } as const;
    return collective.allReduceParts?.(inputs, outputs, call) ?? allReduceFlat(collective, inputs, outputs, call);
  }

  /** The means become the parameters' gradients. */
  finish(): void {
    this.#loans.giveBack();
    const drafts = this.#drafts;
    this.#drafts = [];
    for (const [index, { parameter }] of this.#entries.entries()) {
      const draft = drafts[index];
      if (draft !== undefined) setGrad(parameter, draft.finish());
    }
  }

  /** Nothing has come of it. After `finish` nothing is left to do. */
  drop(): void {
    this.#loans.giveBack();
    for (const draft of this.#drafts) draft.drop();
    this.#drafts = [];
  }
}

/** For collectives that reduce one array at a time. */
function allReduceFlat(
  collective: Collective,
  inputs: readonly Float32Array[],
  outputs: readonly Float32Array[],
  call: Parameters<Collective["allReduce"]>[1],
): CollectiveWork {
  const parts = new Parts(inputs);
  const flat = new Float32Array(parts.length);
  parts.read(0, flat);
  return workAfter(collective.allReduce(flat, call), () => new Parts(outputs).write(0, flat));
}
