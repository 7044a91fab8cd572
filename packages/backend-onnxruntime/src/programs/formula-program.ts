import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import { compileElementwise, type ElementwiseBuilder } from "./elementwise-program.js";
import { operandsOf, type Term } from "./formula.js";
import { type Code, wasm } from "./wasm-module.js";

export interface Formula {
  /** Formulas with the same key are the same. */
  readonly key: string;
  readonly arrayCount: number;
  readonly numberCount: number;
  /** One for every array of results. */
  readonly results: readonly Term[];
}

/** The formula as WebAssembly; what several terms need is computed once for every vector of elements. */
export function compileFormula({ key, arrayCount, numberCount, results }: Formula): ElementwiseProgram {
  return compileElementwise({
    key,
    inputCount: arrayCount,
    outputCount: results.length,
    scalarCount: numberCount,
    describe: (build) => {
      const uses = countUses(results);
      const known = new Map<Term, Code>();
      return results.map((result) => codeOf(result, build, uses, known));
    },
  });
}

function codeOf(term: Term, build: ElementwiseBuilder, uses: ReadonlyMap<Term, number>, known: Map<Term, Code>): Code {
  const found = known.get(term);
  if (found !== undefined) return found;
  const code = compute(term, (operand) => codeOf(operand, build, uses, known), build);
  const isShared = operandsOf(term).length > 0 && (uses.get(term) ?? 0) > 1;
  const result = isShared ? build.share(code) : code;
  known.set(term, result);
  return result;
}

function compute(term: Term, code: (operand: Term) => Code, build: ElementwiseBuilder): Code {
  switch (term.kind) {
    case "array":
      return build.input(term.index);
    case "number":
      return build.scalar(term.index);
    case "unary":
      return wasm[term.operation](code(term.operand));
    case "binary":
      return wasm[term.operation](code(term.left), code(term.right));
    case "select":
      return wasm.selectPositive(code(term.condition), code(term.ifPositive), code(term.otherwise));
    default:
      return term satisfies never;
  }
}

function countUses(results: readonly Term[]): Map<Term, number> {
  const uses = new Map<Term, number>();
  const visit = (term: Term): void => {
    const count = uses.get(term) ?? 0;
    uses.set(term, count + 1);
    if (count === 0) operandsOf(term).forEach(visit);
  };
  results.forEach(visit);
  return uses;
}
