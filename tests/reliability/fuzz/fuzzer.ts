import fc from "fast-check";
import { checkProgram, type Digest } from "./checks/check-program.js";
import { Finding } from "./checks/finding.js";
import { generate, type Generated, type GeneratorOptions, type ProgramTape } from "./program/generate.js";
import { printProgram } from "./program/print-program.js";
import type { Program } from "./program/program.js";
import { shrinkTape } from "./program/shrink-tape.js";

export interface FuzzOptions extends GeneratorOptions {
  readonly threads: number;
  /** How long a failing program is made smaller. */
  readonly shrinkMs: number;
}

export interface Verdict {
  readonly seed: number;
  /** Undefined where bits may depend on the number of threads, and for failures. */
  readonly digest?: Digest | undefined;
  readonly failure?: Failure | undefined;
}

export interface Failure {
  readonly signature: string;
  readonly message: string;
  /** TypeScript that shows the failure by itself. */
  readonly reproduction: string;
}

const WORD = fc.noBias(fc.nat({ max: 2 ** 32 - 1 }));
const words = (count: number): fc.Arbitrary<number[]> => fc.array(WORD, { minLength: count, maxLength: count });
const TAPE: fc.Arbitrary<ProgramTape> = fc.record({
  header: words(2),
  calls: fc.array(words(40), { minLength: 1, maxLength: 8, size: "max" }),
});
/** A race shows in some runs only: a smaller program is given this many chances. */
const TRIES = 4;

/** The program of a seed. */
export function programOfSeed(seed: number, options: GeneratorOptions): Generated {
  return generate(tapeOfSeed(seed), options);
}

function tapeOfSeed(seed: number): ProgramTape {
  const [tape] = fc.sample(TAPE, { seed, numRuns: 1 });
  if (tape === undefined) throw new RangeError("fast-check gave no sample");
  return tape;
}

/** Checks the programs of seeds on this process's engine. */
export class Fuzzer {
  readonly #options: FuzzOptions;
  /** Faults that were made small once; further programs that show them are only counted. */
  readonly #known = new Set<string>();

  constructor(options: FuzzOptions) {
    this.#options = options;
  }

  async check(seed: number): Promise<Verdict> {
    const generated = programOfSeed(seed, this.#options);
    try {
      return { seed, digest: await checkProgram(generated.program) };
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      const isNew = !this.#known.has(error.signature);
      this.#known.add(error.signature);
      const smallest = isNew ? await this.#shrink(tapeOfSeed(seed), error.signature) : undefined;
      return { seed, failure: this.#describe(seed, smallest ?? { generated, finding: error }) };
    }
  }

  /** The smallest program found that fails in the same way. */
  async #shrink(tape: ProgramTape, signature: string): Promise<Failing | undefined> {
    let smallest: Failing | undefined;
    const seen = new Set<string>();
    const stillFails = async (smaller: ProgramTape): Promise<boolean> => {
      const generated = generate(smaller, this.#options);
      if (seen.has(generated.key)) return false;
      seen.add(generated.key);
      const finding = await findingOf(generated, signature);
      if (finding !== undefined) smallest = { generated, finding };
      return finding !== undefined;
    };
    seen.add(generate(tape, this.#options).key);
    await shrinkTape(tape, stillFails, Date.now() + this.#options.shrinkMs);
    return smallest;
  }

  #describe(seed: number, { generated, finding }: Failing): Failure {
    const { threads } = this.#options;
    const one = [{ entry: finding.entry, isGradient: finding.message.includes("gradient") }];
    const shown = finding.kind === "throws" ? everyResult(generated.program) : one;
    const comment = `seed ${seed}, ${threads} threads: ${finding.message}`;
    return {
      signature: finding.signature,
      message: finding.message,
      reproduction: printProgram(generated.program, { threads, shown, comment }),
    };
  }
}

interface Failing {
  readonly generated: Generated;
  readonly finding: Finding;
}

/** What a program that throws is asked for: its outputs and the gradients of its leaves. */
function everyResult({ entries, outputs }: Program): { entry: number; isGradient: boolean }[] {
  const leaves = [...entries.keys()].filter(
    (entry) => entries[entry]?.kind === "leaf" && entries[entry].dtype === "float32",
  );
  return [
    ...leaves.map((entry) => ({ entry, isGradient: true })),
    ...outputs.map((entry) => ({ entry, isGradient: false })),
  ];
}

/** What is wrong with a program, if it is what was wrong with the first one. */
async function findingOf({ program }: Generated, signature: string): Promise<Finding | undefined> {
  const tries = signature.startsWith("repeat") ? TRIES : 1;
  for (let attempt = 0; attempt < tries; attempt++) {
    try {
      await checkProgram(program);
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      if (error.signature === signature) return error;
    }
  }
  return undefined;
}
