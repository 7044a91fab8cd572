import type { ByteReader } from "./byte-reader.js";
import { COSTS } from "./costs.js";
import type { Machine, Step, Steps } from "./machine.js";
import { damagedPickle } from "./pickle-error.js";

const get =
  (index: (input: ByteReader) => number): Step =>
  ({ input, stack, memo }) => {
    const wanted = index(input);
    const value = memo.get(wanted);
    if (value === undefined) throw damagedPickle(`it refers to value ${wanted}, which is not there`, input.at);
    stack.push(value);
  };

const put =
  (index: (machine: Machine) => number): Step =>
  (machine) => {
    machine.budget.charge(COSTS.memo);
    machine.memo.set(index(machine), machine.stack.top());
  };

/** Marks, and values that are there already. */
export const MEMO_STEPS: Steps = {
  0x28: ({ stack }) => stack.mark(),
  0x30: ({ stack }) => stack.drop(),
  0x31: ({ stack }) => void stack.popToMark(),
  0x32: ({ stack }) => stack.push(stack.top()),
  0x95: ({ input }) => void input.length64(),
  0x68: get((input) => input.uint8()),
  0x6a: get((input) => input.uint32()),
  0x71: put(({ input }) => input.uint8()),
  0x72: put(({ input }) => input.uint32()),
  0x94: put(({ memo }) => memo.size),
};
