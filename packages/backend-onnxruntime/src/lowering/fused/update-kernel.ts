import type { FusedKernels } from "../../contract/fused-kernels.js";
import type { ElementwiseProgram } from "../../contract/elementwise-program.js";
import type { StructuralAttributes } from "../../contract/lazy-kernel.js";
import { mapPacked } from "../../graph/map-packed.js";
import type { Term } from "../../programs/formula.js";
import { compileFormula, type Formula } from "../../programs/formula-program.js";
import { type AttributeNames, type Attributes, booleanAttribute, numberAttribute } from "../read-attributes.js";
import { listInput } from "./call-inputs.js";
import { meanOfArrays } from "./mean-of-lists.js";
import { formulaNodes } from "./formula-nodes.js";
import { packedUpdate } from "./packed-update.js";
import type { FusedLowering } from "./fused-lowering.js";

/** The attributes of a call, by the names that the contract gives them. */
export interface UpdateCall<TName extends keyof FusedKernels> {
  number(name: AttributeNames<FusedKernels[TName]["attrs"], number>): number;
  boolean(name: AttributeNames<FusedKernels[TName]["attrs"], boolean>): boolean;
}

export interface UpdateDescription<TName extends keyof FusedKernels, TOption extends string, TNumber extends string> {
  readonly name: TName;
  /** Whether each part of the formula is there: part of the graph's key, because another formula is another graph. */
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
  const choices = new Map<number, Choice>();

  /** Every step asks for the same one, so it is found by bits. @param lists how many lists of gradients there are */
  function choiceOf(bits: number, lists = 1): Choice {
    const key = (lists << options.length) | bits;
    let choice = choices.get(key);
    if (choice === undefined) choices.set(key, (choice = describeChoice(description, bits, lists)));
    return choice;
  }

  function choiceIn(attrs: StructuralAttributes): Choice {
    const { gradientLists = 1 } = attrs;
    const bits = bitsOf(options, ([option]) => attrs[option] === true);
    return choiceOf(bits, typeof gradientLists === "number" ? gradientLists : 1);
  }

  return {
    name,
    returnsList: true,
    program: (attrs) => choiceIn(attrs).program(),

    record(inputs, attrs) {
      const call = updateCall<TName>(attrs);
      const anyAttrs: Attributes = attrs;
      const count = numberAttribute(anyAttrs, "count");
      const bits = bitsOf(options, ([, choose]) => choose(call));
      const choice = choiceOf(bits);
      const lists = mapPacked(choice.prefixes, (prefix) => listInput(name, inputs, prefix, count));
      const scalars = mapPacked(numbers, (compute) => compute(call));
      const updated = mapPacked(lists[0] ?? [], ({ shape }) => ({ shape, dtype: "float32" as const }));
      return {
        inputs: lists.flat(),
        outputs: choice.formula.results.flatMap(() => updated),
        attrs: choice.attributes(count),
        scalars,
        means: {
          start: choice.prefixes.indexOf("g") * count,
          count,
          of: (lists) => ({ attrs: choiceOf(bits, lists).attributes(count), scalars: [...scalars, 1 / lists] }),
        },
      };
    },

    lower(graph, inputs, attrs, scalars) {
      const count = numberAttribute(attrs, "count");
      const { formula } = choiceIn(attrs);
      if (graph.target?.packsUpdates === true && count > 1) return packedUpdate(graph, formula, inputs, scalars);
      const { results, arrayCount } = formula;
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

/** What the options of a call choose. */
interface Choice {
  readonly prefixes: readonly string[];
  readonly formula: Formula;
  readonly program: () => ElementwiseProgram;
  readonly attributes: (count: number) => StructuralAttributes;
}

function describeChoice<TName extends keyof FusedKernels, TOption extends string, TNumber extends string>(
  description: UpdateDescription<TName, TOption, TNumber>,
  bits: number,
  gradientLists: number,
): Choice {
  const options = Object.keys(description.options);
  const numbers = Object.keys(description.numbers);
  const is = (option: TOption): boolean => ((bits >> options.indexOf(option)) & 1) === 1;
  const chosen = Object.fromEntries(options.map((option, i) => [option, ((bits >> i) & 1) === 1]));
  const prefixes = description.lists(is);
  const number = (wanted: TNumber): Term => ({ kind: "number", index: numbers.indexOf(wanted) });
  const gradient = prefixes.indexOf("g");
  const mean = gradientLists === 1 ? undefined : meanOfArrays(gradient, gradientLists, numbers.length);
  const array = (prefix: string): Term => {
    const index = prefixes.indexOf(prefix);
    if (index === gradient && mean !== undefined) return mean;
    return { kind: "array", index: index > gradient ? index + gradientLists - 1 : index };
  };
  const formula = {
    key: `${description.name} ${options.map((option) => String(chosen[option])).join(" ")} ${gradientLists}`,
    arrayCount: prefixes.length + gradientLists - 1,
    numberCount: numbers.length + (mean === undefined ? 0 : 1),
    results: description.formula({ is, array, number }),
  };
  const given = gradientLists === 1 ? {} : { gradientLists };
  const attributes = new Map<number, StructuralAttributes>();
  let program: ElementwiseProgram | undefined;
  return {
    prefixes,
    formula,
    program: () => (program ??= compileFormula(formula)),
    attributes(count) {
      let made = attributes.get(count);
      if (made === undefined) attributes.set(count, (made = { count, ...chosen, ...given }));
      return made;
    },
  };
}

function bitsOf<TItem>(items: readonly TItem[], isSet: (item: TItem) => boolean): number {
  let bits = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item !== undefined && isSet(item)) bits |= 1 << i;
  }
  return bits;
}
