import { COSTS } from "../pickle/costs.js";
import { damagedPickle } from "../pickle/pickle-error.js";
import type { MemoryBudget } from "../values/memory-budget.js";
import { PyDict, PyObject, PySet, PyTuple, type TorchValue } from "../values/py-values.js";

/** Python's own recursion ends at about a thousand. */
const DEEPEST = 500;

interface Visit {
  readonly value: object;
  readonly parts: readonly TorchValue[];
  next: number;
  size: number;
}

/**
 * Makes sure that a value can be walked through: it does not hold itself, is not nested too deep, and what it holds
 * more than once does not add up to more than the budget.
 * @throws TorchFileError
 */
export function requireTree(root: TorchValue, budget: MemoryBudget): void {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const path: Visit[] = [];
  enter(root);
  while (path.length > 0) {
    const visit = path[path.length - 1];
    if (visit === undefined) return;
    const part = visit.parts[visit.next];
    visit.next += 1;
    if (part === undefined) leave(visit);
    else visit.size += enter(part);
  }
  const whole = typeof root === "object" && root !== null ? (sizes.get(root) ?? 0) : 0;
  budget.charge(whole * COSTS.slot);

  /** @returns the size, where it is known already or has no parts */
  function enter(value: TorchValue): number {
    const parts = partsOf(value);
    if (parts === undefined || typeof value !== "object" || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) throw damagedPickle("a value in it holds itself");
    if (path.length >= DEEPEST) throw damagedPickle(`values in it are nested more than ${DEEPEST} deep`);
    open.add(value);
    path.push({ value, parts, next: 0, size: 1 });
    return 0;
  }

  function leave(visit: Visit): void {
    path.pop();
    open.delete(visit.value);
    sizes.set(visit.value, visit.size);
    const parent = path[path.length - 1];
    if (parent !== undefined) parent.size += visit.size;
  }
}

/** What a value holds; undefined for one that holds nothing. */
function partsOf(value: TorchValue): readonly TorchValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof PyTuple || value instanceof PySet) return value.items;
  if (value instanceof PyDict) return [...[...value].flat(), value.attributes ?? null];
  if (value instanceof PyObject)
    return [...value.args, value.state ?? null, ...value.items, ...[...value.entries].flat()];
  return undefined;
}
