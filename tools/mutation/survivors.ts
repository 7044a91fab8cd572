import type { Mutant } from "./mutation.js";

/** A mutant that no test notices, known by what its line says, and why that is so. */
interface Survivor {
  readonly path: string;
  readonly line: string;
  readonly mutator: string;
  /** What the mutant reads; left out for every mutant of this kind on the line. */
  readonly replacement?: string;
  readonly reason: string;
}

/** Reads the list of mutants that live for a reason. */
export function readSurvivors(json: string): { reasonFor(mutant: Mutant): string | undefined } {
  const survivors: readonly Survivor[] = JSON.parse(json);
  return {
    reasonFor: (mutant) =>
      survivors.find(
        (known) =>
          known.path === mutant.path &&
          known.line === mutant.lineText &&
          known.mutator === mutant.mutator &&
          (known.replacement === undefined || known.replacement === mutant.replacement),
      )?.reason,
  };
}
