import type { FusedKernels } from "../../contract/fused-kernels.js";
import type { StructuralAttributes } from "../../contract/lazy-kernel.js";
import type { Term } from "../../programs/formula.js";
import { compileFormula, type Formula } from "../../programs/formula-program.js";
import { type AttributeNames, type Attributes, booleanAttribute, numberAttribute } from "../read-attributes.js";
import { listInput } from "./call-inputs.js";
import { formulaNodes } from "./formula-nodes.js";
import type { FusedLowering } from "./fused-lowering.js";

/** The attributes of a call, by the names that the contract gives them. */
export interface UpdateCall<TName extends keyof FusedKernels> {
  number(name: AttributeNames<FusedKernels[TName]["attrs"], number>): number;
  boolean(name: AttributeNames<FusedKernels[TName]["attrs"], boolean>): boolean;
}

export interface UpdateDescription<TName extends keyof FusedKernels, TOption extends string, TNumber extends string> {
  readonly name: TName;
  /** What shapes the formula. */
  readonly options: Readonly<Record<TOption, (call: UpdateCall<TName>) => boolean>>;
  /** Prefixes of the lists of inputs, the parameters' first. */
  readonly lists: (is: (option: TOption) => boolean) => readonly string[];
  /** What changes from step to step, computed in float64 and rounded to float32. */
  readonly numbers: Readonly<Record<TNumber, (call: UpdateCall<TName>) => number>>;
  /** One term for every list of results. */
  readonly formula: (parts: FormulaParts<TOption, TNumber>) => readonly Term[];
}

export interface FormulaParts<TOption extends string, TNumber extends string> {
  readonly is: (option: TOption) => boolean;
  /** An element of a list of inputs, by the list's prefix. */
  readonly array: (prefix: string) => Term;
  readonly number: (name: TNumber) => Term;
}

/**
 * An optimizer's step over lists of parameters: one formula, as a program beside the graphs and as nodes of a graph.
 */
export function updateKernel<TName extends keyof FusedKernels, TOption extends string, TNumber extends string>(
  description: UpdateDescription<TName, TOption, TNumber>,
): FusedLowering<TName> {
  const { name } = description;
  const options = Object.entries<(call: UpdateCall<TName>) => boolean>(description.options);
  const numbers = Object.values<(call: UpdateCall<TName>) => number>(description.numbers);
  const optionNames = Object.keys(description.options);
  const formulaOf = onceForEveryChoice(optionNames, (attrs) => describeFormula(description, attrs));
  const program = onceForEveryChoice(optionNames, (attrs) => compileFormula(formulaOf(attrs)));

  return {
    name,
    returnsList: true,
    program,

    record(inputs, attrs) {
      const call = updateCall<TName>(attrs);
      const anyAttrs: Attributes = attrs;
      const count = numberAttribute(anyAttrs, "count");
      const chosen: Record<string, boolean> = Object.fromEntries(
        options.map(([option, choose]) => [option, choose(call)]),
      );
      const arrays = description
        .lists((option) => chosen[option] === true)
        .map((prefix) => listInput(name, inputs, prefix, count));
      const updated = (arrays[0] ?? []).map(({ shape }) => ({ shape, dtype: "float32" as const }));
      return {
        inputs: arrays.flat(),
        outputs: formulaOf(chosen).results.flatMap(() => updated),
        attrs: { count, ...chosen },
        scalars: numbers.map((compute) => compute(call)),
      };
    },

    lower(graph, inputs, attrs, scalars) {
      const count = numberAttribute(attrs, "count");
      const { results, arrayCount } = formulaOf(attrs);
      const updates = Array.from({ length: count }, (_, index) => {
        const arrays = Array.from({ length: arrayCount }, (_unused, list) => inputs[list * count + index]);
        return formulaNodes(graph, results, { arrays, numbers: scalars });
      });
      return results.flatMap((_, kind) => updates.flatMap((update) => update[kind] ?? []));
    },
  };
}

function updateCall<TName extends keyof FusedKernels>(
  attrs: Attributes<FusedKernels[TName]["attrs"]>,
): UpdateCall<TName> {
  return { number: (wanted) => numberAttribute(attrs, wanted), boolean: (wanted) => booleanAttribute(attrs, wanted) };
}

/** The formula for the options that the attributes choose. */
function describeFormula<TName extends keyof FusedKernels, TOption extends string, TNumber extends string>(
  description: UpdateDescription<TName, TOption, TNumber>,
  attrs: StructuralAttributes,
): Formula {
  const options = Object.keys(description.options);
  const numbers = Object.keys(description.numbers);
  const is = (option: TOption): boolean => attrs[option] === true;
  const prefixes = description.lists(is);
  const array = (prefix: string): Term => ({ kind: "array", index: prefixes.indexOf(prefix) });
  const number = (wanted: TNumber): Term => ({ kind: "number", index: numbers.indexOf(wanted) });
  return {
    key: `${description.name} ${options.map((option) => String(attrs[option])).join(" ")}`,
    arrayCount: prefixes.length,
    numberCount: numbers.length,
    results: description.formula({ is, array, number }),
  };
}

/** Remembers what was made for the options that are chosen, which are looked up as bits: every step asks. */
function onceForEveryChoice<TMade extends object>(
  options: readonly string[],
  make: (attrs: StructuralAttributes) => TMade,
): (attrs: StructuralAttributes) => TMade {
  const known = new Map<number, TMade>();
  return (attrs) => {
    const choice = options.reduce((bits, option, i) => (attrs[option] === true ? bits | (1 << i) : bits), 0);
    let made = known.get(choice);
    if (made === undefined) known.set(choice, (made = make(attrs)));
    return made;
  };
}
