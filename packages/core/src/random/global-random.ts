import { isPromiseLike } from "../tree/is-promise-like.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { RandomStream } from "./random-stream.js";

const MAX_SEED = 2 ** 32 - 1;

/** Everything that the named streams need to go on from here: the seed and each stream's position. */
export interface RandomState {
  readonly version: 1;
  readonly seed: number;
  readonly positions: readonly (readonly [name: string, position: number])[];
}

/**
 * Starts every named stream again from `seed`, those that are already in use included.
 * @param seed integer, 0 … 2^32-1. @default 0
 * @returns the seed
 * @throws MisconfigurationError for another seed
 */
export function seedEverything(seed = 0): number {
  RandomStream.reseed(requireSeed(seed));
  RandomStream.chosenSeed = seed;
  return seed;
}

/** The last seed that `seedEverything` was given; undefined where nobody chose one. */
export function chosenSeed(): number | undefined {
  return RandomStream.chosenSeed;
}

function requireSeed(seed: number): number {
  if (Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED) return seed;
  throw new MisconfigurationError({
    code: "LIT_SEED",
    message: "This is not a seed.",
    expected: `an integer from 0 to ${MAX_SEED}`,
    received: String(seed),
  });
}

/** The state of all named streams, as plain data. */
export function randomState(): RandomState {
  return { version: 1, seed: RandomStream.globalSeed(), positions: RandomStream.namedPositions() };
}

/** Takes every named stream back to where it was; streams that the state does not know start from their beginning. */
export function restoreRandomState(state: RandomState): void {
  if (state.version !== 1) {
    throw new MisconfigurationError({
      message: "The random state has an unknown version.",
      expected: "version 1",
      received: String(state.version),
    });
  }
  RandomStream.reseed(requireSeed(state.seed));
  for (const [name, position] of state.positions) {
    const stream = RandomStream.named(name);
    stream.restore({ ...stream.state(), position });
  }
}

/**
 * Runs `body` and takes the named streams back afterwards, also when it throws: what it draws leaves no trace.
 * A promise is waited for.
 */
export function isolateRandom<TResult>(body: () => TResult): TResult {
  const before = randomState();
  let isPending = false;
  try {
    const result = body();
    if (!isPromiseLike(result)) return result;
    isPending = true;
    return restoreAfter(result, before);
  } finally {
    if (!isPending) restoreRandomState(before);
  }
}

function restoreAfter<TResult extends PromiseLike<unknown>>(result: TResult, before: RandomState): TResult {
  void result.then(
    () => restoreRandomState(before),
    () => restoreRandomState(before),
  );
  return result;
}
