import { LightningError } from "../errors/lightning-error.js";
import { lookForTask } from "../tasks/async-context.js";
import { keepPerTask, within, type Task } from "../tasks/task.js";
import { hashName, threefry } from "./threefry.js";
import { uniformProgram } from "./uniform-program.js";

const TWO_32 = 2 ** 32;
/** Words that a stream makes at a time, when it draws many: they stay in the processor's nearest cache. */
const MOST_WORDS = 512;
const NO_WORDS = new Uint32Array(0);
/** Values from which on it pays to compile the program that fills in bulk. */
const WORTH_A_PROGRAM = 4096;

/** Where a stream is: its key and how many 32-bit words were drawn. */
export interface RandomStreamState {
  readonly version: 1;
  readonly key: readonly [number, number];
  readonly position: number;
}

/** The seed of the named streams, and where each of them is. */
export interface NamedStreams {
  seed: number | undefined;
  chosenSeed: number | undefined;
  states: ReadonlyMap<string, RandomStreamState>;
}

/**
 * A counter-based stream of random numbers: word `i` depends on the key and on `i` alone, so the whole state is three
 * numbers. The same key gives the same numbers on every platform.
 * @example
 * ```ts
 * import { RandomStream } from "@lightning-ts/core";
 *
 * const stream = RandomStream.fromSeed(42, "augmentation");
 * const saved = stream.state();
 * const values = stream.fillNormal(new Float32Array(4));
 * stream.restore(saved);
 * console.log(values, stream.fillNormal(new Float32Array(4))); // the same four numbers
 * ```
 */
export class RandomStream {
  static readonly #named = new Map<string, RandomStream>();
  static #seed: number | undefined;
  static #chosenSeed: number | undefined;

  #key0: number;
  #key1: number;
  /** Words made ahead, blocks of two: more and more of them, because who draws often draws many. */
  #words = NO_WORDS;
  /** How many of them were drawn. */
  #drawn = 0;
  /** Blocks up to the end of them. */
  #blocks = 0;

  constructor(key: readonly [number, number]) {
    this.#key0 = key[0] >>> 0;
    this.#key1 = key[1] >>> 0;
  }

  /**
   * The process-wide stream with this name. Initialisation draws from `"init"`, shuffling from `"shuffle"`, dropout
   * from `"dropout"`; other names are free. Streams are independent, so drawing from one never moves another.
   */
  static named(name: string): RandomStream {
    lookForTask();
    const known = RandomStream.#named.get(name);
    if (known !== undefined) return known;
    const created = RandomStream.fromSeed(RandomStream.globalSeed(), name);
    RandomStream.#named.set(name, created);
    return created;
  }

  /** The seed of the named streams: what `seedEverything` set, before that a random number. */
  static globalSeed(): number {
    lookForTask();
    return RandomStream.#seedNow();
  }

  /** Starts all named streams, those in use included, again from a seed; `seedEverything` checks it first. */
  static reseed(seed: number): void {
    lookForTask();
    RandomStream.#seed = seed;
    for (const [name, stream] of RandomStream.#named) stream.restore(RandomStream.fromSeed(seed, name).state());
  }

  /** The seed that somebody chose; undefined where chance did. A state that was restored is nobody's choice. */
  static get chosenSeed(): number | undefined {
    lookForTask();
    return RandomStream.#chosenSeed;
  }
  static set chosenSeed(seed: number) {
    RandomStream.#chosenSeed = seed;
  }

  /** How many words each named stream has drawn. */
  static namedPositions(): (readonly [name: string, position: number])[] {
    lookForTask();
    return [...RandomStream.#named].map(([name, stream]) => [name, stream.#position()] as const);
  }

  /** Where all named streams are. */
  static namedStates(): NamedStreams {
    const states = [...RandomStream.#named].map(([name, stream]) => [name, stream.#stateNow()] as const);
    return { seed: RandomStream.#seed, chosenSeed: RandomStream.#chosenSeed, states: new Map(states) };
  }

  /** Takes all named streams to where they were; those that were not there begin. */
  static takeNamedStates({ seed, chosenSeed, states }: NamedStreams): void {
    RandomStream.#seed = seed;
    RandomStream.#chosenSeed = chosenSeed;
    for (const [name, stream] of RandomStream.#named)
      stream.#take(states.get(name) ?? RandomStream.fromSeed(RandomStream.#seedNow(), name).#stateNow());
  }

  static #seedNow(): number {
    RandomStream.#seed ??= Math.floor(Math.random() * TWO_32);
    return RandomStream.#seed;
  }

  /** The stream of a seed (0 to 2^53) and, when given, a name: different names give independent streams. */
  static fromSeed(seed: number, name = ""): RandomStream {
    return new RandomStream([seed >>> 0, Math.floor(seed / TWO_32) >>> 0]).fork(name);
  }

  /** A new, independent stream that depends on this stream's key and on `name`, not on its position. */
  fork(name: string | number): RandomStream {
    const [low, high] = hashName(typeof name === "number" ? `#${name}` : name);
    const key = new Uint32Array(2);
    threefry(this.#key0, this.#key1, low, high ^ 0x80000000, key);
    return new RandomStream([key[0] ?? 0, key[1] ?? 0]);
  }

  /** An integer in [0, 2^32). */
  nextUint32(): number {
    lookForTask();
    return this.#next();
  }

  #next(): number {
    if (this.#drawn === this.#words.length) this.#makeWords();
    return this.#words[this.#drawn++] ?? 0;
  }

  #makeWords(): void {
    const count = Math.min(Math.max(2, 2 * this.#words.length), MOST_WORDS);
    if (count > this.#words.length) this.#words = new Uint32Array(count);
    threefry(this.#key0, this.#key1, this.#blocks >>> 0, (this.#blocks / TWO_32) | 0, this.#words);
    this.#blocks += count / 2;
    this.#drawn = 0;
  }

  /** A number in [low, high) with 53 random bits. */
  uniform(low = 0, high = 1): number {
    lookForTask();
    return low + this.#unit() * (high - low);
  }

  #unit(): number {
    return ((this.#next() >>> 5) * 2 ** 26 + (this.#next() >>> 6)) / 2 ** 53;
  }

  /** A number from the normal distribution (Box-Muller). */
  normal(mean = 0, standardDeviation = 1): number {
    lookForTask();
    const radius = Math.sqrt(-2 * Math.log(1 - this.#unit()));
    return mean + standardDeviation * radius * Math.cos(2 * Math.PI * this.#unit());
  }

  /** An integer in [0, bound), every one equally likely. @param bound 1 to 2^32 */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
      throw new LightningError({
        code: "LIT_RANDOM_BOUND",
        message: "integer() cannot draw below this bound.",
        expected: "an integer from 1 to 2^32",
        received: String(bound),
      });
    }
    lookForTask();
    return this.#below(bound);
  }

  #below(bound: number): number {
    for (;;) {
      const word = this.#next();
      // Words above the last multiple of the bound would make small numbers likelier. Few come near enough to ask.
      if (word <= TWO_32 - bound || word < TWO_32 - (TWO_32 % bound)) return word % bound;
    }
  }

  /** Fills `values` with numbers in [low, high) that have 24 random bits, as many as float32 holds. */
  fillUniform(values: Float32Array, low = 0, high = 1): Float32Array {
    lookForTask();
    const scale = (high - low) / 2 ** 24;
    for (let done = 0; done < values.length;) {
      if (this.#drawn === this.#words.length) {
        done += this.#fillInBulk(values, done, low, scale);
        if (done === values.length) break;
        this.#makeWords();
      }
      const [words, ahead] = [this.#words, this.#drawn - done];
      const end = Math.min(values.length, words.length - ahead);
      for (; done < end; done += 1) values[done] = low + ((words[done + ahead] ?? 0) >>> 8) * scale;
      this.#drawn = end + ahead;
    }
    return values;
  }

  /** Fills `values` from `start` on as far as a program can, when no words are left. @returns how many it has filled */
  #fillInBulk(values: Float32Array, start: number, offset: number, scale: number): number {
    if (values.length - start < WORTH_A_PROGRAM) return 0;
    const program = uniformProgram();
    if (program === undefined) return 0;
    const numbers = { key: [this.#key0, this.#key1], offset, scale } as const;
    let done = start;
    for (;;) {
      const blocksLeft = TWO_32 - (this.#blocks % TWO_32); // in the lower word of the counter
      const count = Math.min(values.length - done, program.values.length, 2 * blocksLeft) & ~7;
      if (count === 0) return done - start;
      program.fill(numbers, this.#blocks % TWO_32, (this.#blocks / TWO_32) | 0, count);
      values.set(count === program.values.length ? program.values : program.values.subarray(0, count), done);
      this.#blocks += count / 2;
      done += count;
    }
  }

  /** Fills `values` from the normal distribution; two values for two draws (Box-Muller). */
  fillNormal(values: Float32Array, mean = 0, standardDeviation = 1): Float32Array {
    lookForTask();
    for (let i = 0; i < values.length; i += 2) {
      const radius = standardDeviation * Math.sqrt(-2 * Math.log((this.#next() + 1) / TWO_32));
      const angle = (2 * Math.PI * this.#next()) / TWO_32;
      values[i] = mean + radius * Math.cos(angle);
      if (i + 1 < values.length) values[i + 1] = mean + radius * Math.sin(angle);
    }
    return values;
  }

  /** The integers 0 to length-1 in random order (Fisher-Yates). */
  permutation(length: number): Uint32Array {
    lookForTask();
    const order = new Uint32Array(length);
    for (let i = 0; i < length; i += 1) order[i] = i;
    for (let i = length - 1; i > 0; i -= 1) {
      const j = this.#below(i + 1);
      const moved = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = moved;
    }
    return order;
  }

  /** Two random int32 numbers: the seed input of the kernels `lit.Dropout` and `lit.RandomUniform`. */
  nextSeed(): Int32Array {
    return Int32Array.of(this.nextUint32() | 0, this.nextUint32() | 0);
  }

  state(): RandomStreamState {
    lookForTask();
    return this.#stateNow();
  }

  #stateNow(): RandomStreamState {
    return { version: 1, key: [this.#key0, this.#key1], position: this.#position() };
  }

  restore(state: RandomStreamState): void {
    if (state.version !== 1 || !Number.isSafeInteger(state.position) || state.position < 0) {
      throw new LightningError({
        code: "LIT_RANDOM_STATE",
        message: "The state of a random stream cannot be restored.",
        expected: "version 1 with a position of at least 0",
        received: JSON.stringify(state),
      });
    }
    lookForTask();
    this.#take(state);
  }

  #take(state: RandomStreamState): void {
    const [key0, key1] = [state.key[0] >>> 0, state.key[1] >>> 0];
    if (key0 === this.#key0 && key1 === this.#key1 && state.position === this.#position()) return;
    this.#key0 = key0;
    this.#key1 = key1;
    this.#blocks = Math.floor(state.position / 2);
    this.#words = NO_WORDS;
    this.#drawn = 0;
    if (state.position % 2 === 1) this.#next();
  }

  #position(): number {
    return 2 * this.#blocks - (this.#words.length - this.#drawn);
  }
}

/** A run has named streams of its own; both of its tasks share them. */
keepPerTask<NamedStreams>(RandomStream.namedStates(), {
  begin: (from, kind) => (kind === "companion" ? from : { ...from }),
  leave: (value) => void Object.assign(value, RandomStream.namedStates()),
  enter: (value) => RandomStream.takeNamedStates(value),
});

/** What a task has drawn counts as drawn in another one too: each stream goes on where it is further. */
export function giveBackStreams(task: Task, to: Task): void {
  const drawn = within(task, () => RandomStream.namedStates());
  within(to, () => {
    const own = RandomStream.namedStates();
    const states = new Map(own.states);
    for (const [name, state] of drawn.states) {
      const known = own.states.get(name);
      const isFurther = known === undefined || known.key.join() !== state.key.join() || known.position < state.position;
      if (isFurther) states.set(name, state);
    }
    RandomStream.takeNamedStates({ seed: drawn.seed, chosenSeed: drawn.chosenSeed, states });
  });
}
