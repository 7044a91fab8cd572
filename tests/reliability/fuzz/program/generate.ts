import { FAMILIES, type FamilyName } from "../operations/families.js";
import { Draw } from "./draw.js";
import { programOf, type Entry, type Program } from "./program.js";
import { Tape } from "./tape.js";

/** A program's decisions, in a form that shrinks: one list of words for the whole, and one for each operation. */
export interface ProgramTape {
  readonly header: readonly number[];
  readonly calls: readonly (readonly number[])[];
}

export interface GeneratorOptions {
  readonly families: readonly FamilyName[];
  /** Most elements of a tensor. */
  readonly mostElements: number;
}

export interface Generated {
  readonly program: Program;
  readonly family: FamilyName;
  /** The decisions that were looked at; tapes that agree on them give the same program. */
  readonly key: string;
}

/**
 * How large the tensors are, and how many calls such a program makes at most. The parts past 1e5 pass the thresholds
 * for threads.
 */
const SIZES = [
  { elements: 40, calls: 8, weight: 45 },
  { elements: 3_000, calls: 8, weight: 25 },
  { elements: 120_000, calls: 4, weight: 14 },
  { elements: 1_000_000, calls: 2, weight: 12 },
  { elements: 10_000_000, calls: 1, weight: 4 },
];

export function generate(tape: ProgramTape, { families, mostElements }: GeneratorOptions): Generated {
  const header = new Tape(tape.header);
  const size = sizeClass(header.below(100));
  const family = header.pick(families);
  const entries: Entry[] = [];
  let key = `${family} ${size.elements}`;
  const elements = Math.min(mostElements, size.elements);
  tape.calls.slice(0, size.calls).forEach((words, i) => {
    const own = new Tape(words);
    const drawFrom = i === 0 || own.below(3) === 0 ? family : own.pick(families);
    const draw = new Draw(own, entries, elements);
    const call = own.pick(FAMILIES[drawFrom])(draw);
    entries.push({ kind: "call", ...call });
    key += `|${words.slice(0, own.used).join(",")}`;
  });
  return { program: programOf(entries), family, key };
}

function sizeClass(percent: number): (typeof SIZES)[number] {
  let rest = percent;
  for (const size of SIZES) {
    if (rest < size.weight) return size;
    rest -= size.weight;
  }
  return SIZES[0]!;
}
