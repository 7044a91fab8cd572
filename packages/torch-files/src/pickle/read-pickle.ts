import type { MemoryBudget } from "../values/memory-budget.js";
import type { TorchValue } from "../values/py-values.js";
import { ByteReader } from "./byte-reader.js";
import { COLLECTION_STEPS } from "./collection-steps.js";
import { COSTS } from "./costs.js";
import type { Machine, Step, Steps } from "./machine.js";
import { MEMO_STEPS } from "./memo-steps.js";
import { OBJECT_STEPS } from "./object-steps.js";
import { damagedPickle } from "./pickle-error.js";
import type { PickleHost } from "./pickle-host.js";
import { PickleStack } from "./pickle-stack.js";
import { PLAIN_STEPS } from "./plain-steps.js";

/**
 * Reads a pickle of protocol 2 to 5. It only puts data together: a class is a name, a call is what the host makes of a
 * name and its arguments.
 * @throws TorchFileError for anything that Python does not write, TorchLimitError beyond the budget
 */
export function readPickle(bytes: Uint8Array, host: PickleHost, budget: MemoryBudget): TorchValue {
  const machine: Machine = { input: new ByteReader(bytes), stack: new PickleStack(), memo: new Map(), budget, host };
  const { input, stack } = machine;
  if (input.uint8() !== PROTO) throw damagedPickle("it does not begin with a protocol of 2 to 5");
  PROTOCOL(machine);
  for (;;) {
    const code = input.uint8();
    if (code === STOP) break;
    const step = STEPS[code];
    if (step === undefined)
      throw damagedPickle(`it has an instruction ${describe(code)} that is not used here`, input.at - 1);
    step(machine);
    budget.charge(COSTS.slot);
  }
  const value = stack.pop();
  if (stack.size > 0) throw damagedPickle(`${stack.size} values are left over`);
  return value;
}

const PROTO = 0x80;
const STOP = 0x2e;

const PROTOCOL: Step = ({ input }) => {
  const protocol = input.uint8();
  if (protocol < 2 || protocol > 5)
    throw damagedPickle(`it has protocol ${protocol}`, undefined, "saving with pickle_protocol=2, PyTorch's default.");
};

function describe(code: number): string {
  const letter = code > 0x20 && code < 0x7f ? ` ("${String.fromCharCode(code)}")` : "";
  return `0x${code.toString(16).padStart(2, "0")}${letter}`;
}

const STEPS: Steps = { [PROTO]: PROTOCOL, ...MEMO_STEPS, ...PLAIN_STEPS, ...COLLECTION_STEPS, ...OBJECT_STEPS };
