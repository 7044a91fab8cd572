import type { MemoryBudget } from "../values/memory-budget.js";
import type { TorchValue } from "../values/py-values.js";
import type { ByteReader } from "./byte-reader.js";
import { damagedPickle } from "./pickle-error.js";
import type { PickleHost } from "./pickle-host.js";
import type { PickleStack } from "./pickle-stack.js";

/** Everything that a step of a pickle may touch. */
export interface Machine {
  readonly input: ByteReader;
  readonly stack: PickleStack;
  readonly memo: Map<number, TorchValue>;
  readonly budget: MemoryBudget;
  readonly host: PickleHost;
}

/** What one instruction does. */
export type Step = (machine: Machine) => void;

/** The steps of a family of instructions, by their codes. */
export type Steps = Readonly<Record<number, Step>>;

/** An instruction that is not followed. */
export const refuse =
  (what: string): Step =>
  ({ input }) => {
    throw damagedPickle(what, input.at - 1);
  };

/** Pushes a value that is read, or made, and costs so many bytes. */
export const push =
  (read: (input: ByteReader) => TorchValue, cost = 0): Step =>
  ({ input, stack, budget }) => {
    budget.charge(cost);
    stack.push(read(input));
  };
