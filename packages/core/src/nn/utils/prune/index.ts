/** What `nn.utils.prune` holds, under PyTorch's names. */
import { refuseMore } from "../../../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { rejectUnknownOptions } from "../../../errors/reject-unknown-options.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { ShapeError } from "../../../errors/shape-error.js";
import type { Module } from "../../module.js";
import { namedOrFirst } from "../../named-or-first.js";
import { channelNorms, channelOf, magnitudes, randomImportance, withoutLeast } from "./masks.js";
import { type Prunable, putMask, readPrunable, unmask } from "./pruned-parameter.js";

export { isPruned } from "./pruned-parameter.js";

/** Elements to prune: a whole number, or a share below 1 of those that are left. */
interface Amount {
  readonly amount: number;
}

/** Prunes the elements of least magnitude. Returns the module. */
export function l1Unstructured<TModule extends Module>(
  module: TModule,
  name: string,
  options: number | Amount,
  ...more: readonly never[]
): TModule {
  refuseMore("l1Unstructured", more);
  const amount = namedOrFirst("l1Unstructured", options, "amount", Number.NaN);
  const { values, mask } = readPrunable("l1Unstructured", module, name);
  putMask(module, name, withoutLeast("l1Unstructured", mask, magnitudes(values), amount));
  return module;
}

/** Prunes elements at random, drawn from the stream "prune". Returns the module. */
export function randomUnstructured<TModule extends Module>(
  module: TModule,
  name: string,
  options: number | Amount,
  ...more: readonly never[]
): TModule {
  refuseMore("randomUnstructured", more);
  const amount = namedOrFirst("randomUnstructured", options, "amount", Number.NaN);
  const { values, mask } = readPrunable("randomUnstructured", module, name);
  putMask(module, name, withoutLeast("randomUnstructured", mask, randomImportance(values.length), amount));
  return module;
}

/** Prunes the channels along a dimension whose norm of order `n` is least. Returns the module. */
export function lnStructured<TModule extends Module>(
  module: TModule,
  name: string,
  options: Amount & { readonly n: number; readonly dim: number },
  ...more: readonly never[]
): TModule {
  rejectUnknownOptions("lnStructured", options, ["amount", "n", "dim"]);
  refuseMore("lnStructured", more);
  const { amount, n, dim } = options;
  const prunable = readPrunable("lnStructured", module, name);
  const axis = axisOf("lnStructured", prunable, dim);
  const masked = { ...prunable, values: prunable.values.map((value, i) => value * (prunable.mask[i] ?? 1)) };
  pruneChannels(module, name, { prunable, axis, amount, importance: channelNorms(masked, n, axis) });
  return module;
}

/** Prunes channels along a dimension at random, drawn from the stream "prune". Returns the module. */
export function randomStructured<TModule extends Module>(
  module: TModule,
  name: string,
  options: Amount & { readonly dim: number },
  ...more: readonly never[]
): TModule {
  rejectUnknownOptions("randomStructured", options, ["amount", "dim"]);
  refuseMore("randomStructured", more);
  const { amount, dim } = options;
  const prunable = readPrunable("randomStructured", module, name);
  const axis = axisOf("randomStructured", prunable, dim);
  const importance = randomImportance(prunable.shape[axis] ?? 1);
  pruneChannels(module, name, { prunable, axis, amount, importance });
  return module;
}

/** Prunes where a mask of the parameter's shape is 0. Returns the module. */
export function customFromMask<TModule extends Module>(
  module: TModule,
  name: string,
  options: { readonly mask: Tensor },
  ...more: readonly never[]
): TModule {
  rejectUnknownOptions("customFromMask", options, ["mask"]);
  refuseMore("customFromMask", more);
  const { mask: given } = options;
  const { mask, shape } = readPrunable("customFromMask", module, name);
  if (given.shape.join() !== shape.join())
    throw new ShapeError({
      message: `The mask does not fit "${name}".`,
      expected: `[${shape.join(", ")}]`,
      received: `[${given.shape.join(", ")}]`,
      shapes: [shape, given.shape],
    });
  const values = given.dataSync();
  putMask(
    module,
    name,
    mask.map((kept, i) => (values[i] === 0 ? 0 : kept)),
  );
  return module;
}

/** Prunes nothing, but gives the parameter a mask. Returns the module. */
export function identity<TModule extends Module>(module: TModule, name: string, ...more: readonly never[]): TModule {
  refuseMore("identity", more);
  putMask(module, name, readPrunable("identity", module, name).mask);
  return module;
}

/**
 * Prunes over several parameters together, given as pairs of a module and a name.
 * @param options.method what tells which go first. @default "l1"
 */
export function globalUnstructured(
  parameters: Iterable<readonly [module: Module, name: string]>,
  options: Amount & { readonly method?: "l1" | "random" | undefined },
  ...more: readonly never[]
): void {
  rejectUnknownOptions("globalUnstructured", options, ["amount", "method"]);
  refuseMore("globalUnstructured", more);
  const { amount, method = "l1" } = options;
  const all = Array.from(parameters, ([module, name]) => ({
    ...{ module, name },
    ...readPrunable("globalUnstructured", module, name),
  }));
  const importance = all.flatMap(({ values }) => [
    ...(method === "l1" ? magnitudes(values) : randomImportance(values.length)),
  ]);
  const mask = Float32Array.from(all.flatMap((one) => [...one.mask]));
  const pruned = withoutLeast("globalUnstructured", mask, importance, amount);
  let begin = 0;
  for (const { module, name, values } of all) {
    putMask(module, name, pruned.slice(begin, begin + values.length));
    begin += values.length;
  }
}

/** Makes the pruning permanent: the parameter has zeros, and its own name again. Returns the module. */
export function remove<TModule extends Module>(module: TModule, name: string, ...more: readonly never[]): TModule {
  refuseMore("remove", more);
  unmask(module, name);
  return module;
}

interface Channels {
  readonly prunable: Prunable;
  readonly axis: number;
  readonly amount: number;
  readonly importance: ArrayLike<number>;
}

/** Prunes channels among those that have elements left. */
function pruneChannels(module: Module, name: string, { prunable, axis, amount, importance }: Channels): void {
  const channel = channelOf(prunable, axis);
  const isLeft = new Float32Array(prunable.shape[axis] ?? 1);
  for (const [i, kept] of prunable.mask.entries()) if (kept !== 0) isLeft[channel(i)] = 1;
  const kept = withoutLeast("structured pruning", isLeft, importance, amount);
  putMask(
    module,
    name,
    prunable.mask.map((value, i) => value * (kept[channel(i)] ?? 1)),
  );
}

function axisOf(owner: string, { shape }: Prunable, dim: number): number {
  const axis = dim < 0 ? dim + shape.length : dim;
  if (Number.isInteger(axis) && axis >= 0 && axis < shape.length && shape.length > 1) return axis;
  throw new MisconfigurationError({
    message: `${owner} prunes along a dimension of a parameter with at least two.`,
    expected: `a dimension of [${shape.join(", ")}]`,
    received: String(dim),
  });
}
