import type { Mutant } from "./mutation.js";

/** Mutants that no test notices, known by what their line says, and why that is so. */
interface Survivor {
  readonly path: string;
  readonly line: string;
  /** Left out for all mutants of the line that no test notices. */
  readonly mutator?: string;
  /** What the mutant reads; left out for every mutant of this kind on the line. */
  readonly replacement?: string;
  readonly reason: string;
}

/** The mutants that live for a reason. */
interface Survivors {
  reasonFor(mutant: Mutant): string | undefined;
  /** Entries about files of these mutants that are about none of them: the code has changed. */
  staleAmong(mutants: readonly Mutant[]): readonly string[];
}

/** Reads the list of mutants that live for a reason. */
export function readSurvivors(json: string): Survivors {
  const survivors: readonly Survivor[] = JSON.parse(json);
  return {
    reasonFor: (mutant) => survivors.find((known) => isAbout(known, mutant))?.reason,
    staleAmong(mutants) {
      const paths = new Set(mutants.map(({ path }) => path));
      return survivors
        .filter((known) => paths.has(known.path) && !mutants.some((mutant) => isAbout(known, mutant)))
        .map(({ path, line, mutator = "no mutant" }) => `${path}: ${mutator} in "${line}"`);
    },
  };
}

function isAbout(known: Survivor, mutant: Mutant): boolean {
  return (
    known.path === mutant.path &&
    known.line === mutant.lineText &&
    (known.mutator === undefined || known.mutator === mutant.mutator) &&
    (known.replacement === undefined || known.replacement === mutant.replacement)
  );
}
