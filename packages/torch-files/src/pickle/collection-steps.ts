import type { MemoryBudget } from "../values/memory-budget.js";
import { PyDict, PyObject, PySet, PyTuple, type TorchValue } from "../values/py-values.js";
import { COSTS } from "./costs.js";
import { push, type Step, type Steps } from "./machine.js";
import { damagedPickle } from "./pickle-error.js";
import type { PickleStack } from "./pickle-stack.js";

const tuple =
  (take: (stack: PickleStack) => TorchValue[]): Step =>
  ({ stack, budget }) => {
    const items = take(stack);
    budget.charge(COSTS.tuple);
    stack.push(new PyTuple(items));
  };

const append =
  (take: (stack: PickleStack) => TorchValue[]): Step =>
  ({ stack, input }) => {
    const items = take(stack);
    const target = stack.top();
    const list = Array.isArray(target) ? target : target instanceof PyObject ? target.items : undefined;
    if (list === undefined) throw damagedPickle("it appends to something that is no list", input.at - 1);
    for (const item of items) list.push(item);
  };

const setItems =
  (take: (stack: PickleStack) => TorchValue[]): Step =>
  ({ stack, budget, input }) => {
    const items = take(stack);
    const target = stack.top();
    const entries = target instanceof PyDict ? target : target instanceof PyObject ? target.entries : undefined;
    if (entries === undefined) throw damagedPickle("it sets an item of something that is no dict", input.at - 1);
    putPairs(entries, items, budget);
  };

function putPairs(entries: Map<TorchValue, TorchValue>, items: readonly TorchValue[], budget: MemoryBudget): void {
  if (items.length % 2 !== 0) throw damagedPickle("a dict in it has a key without a value");
  budget.charge((items.length / 2) * COSTS.entry);
  for (let at = 0; at + 1 < items.length; at += 2) entries.set(items[at] ?? null, items[at + 1] ?? null);
}

const addItems: Step = ({ stack, input }) => {
  const items = stack.popToMark();
  const target = stack.top();
  const set = target instanceof PySet || target instanceof PyObject ? target.items : undefined;
  if (set === undefined) throw damagedPickle("it adds to something that is no set", input.at - 1);
  for (const item of items) set.push(item);
};

/** Lists, tuples, dicts and sets. */
export const COLLECTION_STEPS: Steps = {
  0x5d: push(() => [], COSTS.list),
  0x7d: push(() => new PyDict(), COSTS.dict),
  0x8f: push(() => new PySet([]), COSTS.tuple),
  0x29: push(() => new PyTuple([]), COSTS.tuple),
  0x85: tuple((stack) => stack.popMany(1)),
  0x86: tuple((stack) => stack.popMany(2)),
  0x87: tuple((stack) => stack.popMany(3)),
  0x74: tuple((stack) => stack.popToMark()),
  0x6c: ({ stack, budget }) => {
    budget.charge(COSTS.list);
    stack.push(stack.popToMark());
  },
  0x64: ({ stack, budget }) => {
    budget.charge(COSTS.dict);
    const dict = new PyDict();
    putPairs(dict, stack.popToMark(), budget);
    stack.push(dict);
  },
  0x91: ({ stack, budget }) => {
    budget.charge(COSTS.tuple);
    stack.push(new PySet(stack.popToMark(), "frozenset"));
  },
  0x61: append((stack) => stack.popMany(1)),
  0x65: append((stack) => stack.popToMark()),
  0x73: setItems((stack) => stack.popMany(2)),
  0x75: setItems((stack) => stack.popToMark()),
  0x90: addItems,
};
