import { PyDict, PyGlobal, PyTuple, type TorchValue } from "../values/py-values.js";
import { COSTS } from "./costs.js";
import { refuse, type Machine, type Step, type Steps } from "./machine.js";
import { damagedPickle } from "./pickle-error.js";
import type { PickleHost } from "./pickle-host.js";

function pushGlobal({ stack, budget }: Machine, module: TorchValue, name: TorchValue): void {
  if (typeof module !== "string" || typeof name !== "string") throw damagedPickle("it names a class with no text");
  budget.charge(COSTS.object + module.length + name.length);
  stack.push(new PyGlobal(`${module}.${name}`));
}

const global: Step = (machine) => {
  const module = machine.input.line();
  pushGlobal(machine, module, machine.input.line());
};

const stackGlobal: Step = (machine) => {
  const [module = null, name = null] = machine.stack.popMany(2);
  pushGlobal(machine, module, name);
};

/** A class and its arguments are the last two values. */
const call =
  (make: (host: PickleHost, className: string, args: PyTuple) => TorchValue): Step =>
  ({ stack, host, budget, input }) => {
    const [called, args] = stack.popMany(2);
    if (!(called instanceof PyGlobal) || !(args instanceof PyTuple))
      throw damagedPickle("it calls something that is no class or function with a tuple", input.at - 1);
    budget.charge(COSTS.object);
    stack.push(make(host, called.class, args));
  };

const newObjectWithNames: Step = ({ stack, host, budget, input }) => {
  const [called, args, names] = stack.popMany(3);
  if (!(called instanceof PyGlobal) || !(args instanceof PyTuple) || !(names instanceof PyDict))
    throw damagedPickle("it makes an object of something that is no class", input.at - 1);
  budget.charge(COSTS.object);
  stack.push(host.construct(called.class, names.size === 0 ? args : new PyTuple([...args.items, names])));
};

const build: Step = ({ stack, host }) => {
  const state = stack.pop();
  host.build(stack.top(), state);
};

/** Names of classes and functions, and what they are used for. */
export const OBJECT_STEPS: Steps = {
  0x63: global,
  0x93: stackGlobal,
  0x52: call((host, className, args) => host.reduce(className, args)),
  0x81: call((host, className, args) => host.construct(className, args)),
  0x92: newObjectWithNames,
  0x62: build,
  0x51: ({ stack, host }) => stack.push(host.persistent(stack.pop())),
  0x50: refuse("it names a part of the file as text, as no PyTorch does"),
  0x82: refuse("it uses a registry of extensions"),
  0x83: refuse("it uses a registry of extensions"),
  0x84: refuse("it uses a registry of extensions"),
  0x97: refuse("it refers to a buffer outside of it"),
  0x98: refuse("it refers to a buffer outside of it"),
};
