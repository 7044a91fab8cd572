import type { Bounded } from "../reference/bounded.js";

export type DType = "float32" | "int32" | "bool";

export interface Leaf {
  readonly kind: "leaf";
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The value at position `i`, as TypeScript. */
  readonly text: string;
}

/** One call of the program. */
export interface Call {
  readonly kind: "call";
  /** For reports: the operation's name. */
  readonly name: string;
  /** TypeScript with $0, $1, … for the inputs. */
  readonly code: string;
  readonly inputs: readonly number[];
  readonly shape: readonly number[];
  readonly dtype: DType;
  /**
   * The result in float64 with a bound for float32's errors. Without it, tfjs' cpu backend is the judge, to the bit.
   */
  readonly reference?: ((inputs: readonly Bounded[]) => Bounded) | undefined;
  /** The value at a position depends on the operands at that position alone: layout must not matter. */
  readonly isElementwise?: boolean | undefined;
  /** Products of matrices and convolutions may differ in their last bits with the number of threads. */
  readonly dependsOnThreads?: boolean | undefined;
  /** Why tfjs' cpu backend is no second judge: it is known to be less exact, or another convention was chosen. */
  readonly cpuDiffers?: string | undefined;
}

export type Entry = Leaf | Call;

/** Entries refer to earlier ones by their place. */
export interface Program {
  readonly entries: readonly Entry[];
  /** Entries that no other one uses. */
  readonly outputs: readonly number[];
}

export function programOf(entries: readonly Entry[]): Program {
  const used = new Set(entries.flatMap((entry) => (entry.kind === "call" ? entry.inputs : [])));
  return { entries, outputs: entries.flatMap((entry, i) => (entry.kind === "call" && !used.has(i) ? [i] : [])) };
}
