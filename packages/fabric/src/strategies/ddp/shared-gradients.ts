import { canPlaceResults, liesIn, meansOfPlaces, setGrad, startInPlaces } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Collective, CollectiveWork, SharedRegion } from "../../collectives/collective.js";
import type { GradientEntry } from "./buckets.js";
import { GradientLoans } from "./gradient-loans.js";

/** With more ranks, each reading the gradients of all is slower than each reducing a part. */
const MOST_RANKS = 4;
/** Arrays begin at multiples of 64 bytes: the engine's kernels round by that. */
const LINE_FLOATS = 16;
/** A step writes where the last but one has, which all have read when the last one's gradients are there. */
const TURNS = 2;

/** A collective whose ranks have common memory. */
type SharingCollective = Collective & Required<Pick<Collective, "openRegion">>;

/** A parameter's gradients: in each turn, and of each rank. */
type Places = readonly (readonly Float32Array[])[];

/**
 * Gradients that nobody copies: each rank computes its own in memory that all ranks of the machine see, and the mean is
 * taken by whatever reads it, which is the optimizer's pass over the parameters as a rule.
 */
export class SharedGradients {
  #region: SharedRegion | undefined;
  #places = new Map<Variable, Places>();
  /** This rank's places in both turns. */
  #own: readonly Float32Array[] = [];
  #turn = 0;

  /** Whether the ranks' memory and the backend allow it; the same on all ranks that compute on the same backend. */
  static isPossible(collective: Collective): collective is SharingCollective {
    return collective.openRegion !== undefined && collective.worldSize <= MOST_RANKS && canPlaceResults();
  }

  /**
   * The means of gradients become the parameters' gradients.
   * @param parameters of all modules
   * @param entries those that have gradients, the same on all ranks
   * @param without part of the call's name: what this rank knows that the others may not
   */
  *reduce(
    collective: SharingCollective,
    parameters: readonly Variable[],
    entries: readonly (GradientEntry & { readonly gradient: Tensor })[],
    without: string,
  ): Generator<CollectiveWork, void> {
    const missing = new Set(entries.map(({ parameter }) => parameter).filter((each) => !this.#places.has(each)));
    if (missing.size > 0) {
      const isPlaced = (each: Variable): boolean => each.trainable || missing.has(each) || this.#places.has(each);
      yield* this.#open(collective, parameters.filter(isPlaced));
    }
    this.#turn = (this.#turn + 1) % TURNS;
    const places = entries.map(({ parameter }) => this.#places.get(parameter)?.[this.#turn] ?? []);
    const own = places.map((ofRanks) => ofRanks[collective.rank] ?? new Float32Array());
    const gradients = entries.map(({ gradient }) => gradient);
    yield* compute(gradients, own);
    const numbers = own.reduce((sum, { length }) => sum + length, 0);
    yield collective.barrier({ name: `gradients, ${numbers} numbers of ${entries.length} parameters${without}` });
    const lists = Array.from({ length: collective.worldSize }, (_, rank) =>
      rank === collective.rank ? gradients : places.map((ofRanks) => ofRanks[rank] ?? new Float32Array()),
    );
    const means = meansOfPlaces(
      lists,
      entries.map(({ parameter }) => parameter.shape),
    );
    entries.forEach(({ parameter }, i) => setGrad(parameter, means[i] ?? null));
  }

  /** Gives the memory back, once nothing here reads it or lives in it any more. */
  close(): void {
    const region = this.#region;
    if (region === undefined || !canPlaceResults()) return;
    startInPlaces([], this.#own).join();
    region.release();
    this.#region = undefined;
    this.#places = new Map();
    this.#own = [];
  }

  *#open(collective: SharingCollective, parameters: readonly Variable[]): Generator<CollectiveWork, void> {
    this.close();
    let length = 0;
    const starts = parameters.map(({ size }) => {
      const start = length;
      length += Math.ceil(size / LINE_FLOATS) * LINE_FLOATS;
      return start;
    });
    const bytes = TURNS * length * Float32Array.BYTES_PER_ELEMENT;
    const opening = collective.openRegion(bytes, { name: "memory for gradients" });
    yield opening;
    const { region } = opening;
    this.#region = region;
    parameters.forEach((parameter, i) => {
      const placesIn = (turn: number): Float32Array[] =>
        Array.from({ length: collective.worldSize }, (_, rank) =>
          region.floatsOf(rank, turn * length + (starts[i] ?? 0), parameter.size),
        );
      this.#places.set(
        parameter,
        Array.from({ length: TURNS }, (_, turn) => placesIn(turn)),
      );
    });
    this.#own = [...this.#places.values()].flatMap((turns) =>
      turns.flatMap((ofRanks) => ofRanks[collective.rank] ?? []),
    );
  }
}

/** Waits until the gradients are in their places; one that was computed elsewhere is copied. */
function* compute(gradients: readonly Tensor[], places: readonly Float32Array[]): Generator<CollectiveWork, void> {
  const started = startInPlaces(gradients, places);
  const loans = new GradientLoans(gradients);
  try {
    yield loans.borrow();
    for (const [i, gradient] of gradients.entries()) {
      const place = places[i];
      if (place !== undefined && !liesIn(gradient, place)) place.set(loans.valuesAt(i) ?? []);
    }
  } finally {
    loans.giveBack();
  }
  yield { then: (onFulfilled, onRejected) => started.wait().then(onFulfilled, onRejected), join: () => started.join() };
}
