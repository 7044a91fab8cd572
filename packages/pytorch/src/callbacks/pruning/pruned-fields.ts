import { MisconfigurationError, nn, tf } from "@lightning-ts/core";
import { LightningModule } from "../../contract/lightning-module.js";
import type { ModelPruningOptions, PrunedField, PruningMethod } from "./pruning-options.js";

const { prune } = nn.utils;

/** The parameters to prune, pruned before or not: those that were named, else the weights and biases of all layers. */
export function findFields(
  model: nn.Module,
  { parametersToPrune, parameterNames = ["weight", "bias"] }: ModelPruningOptions,
): PrunedField[] {
  const layers = model.modules().filter((module) => !isContainer(module));
  if (parametersToPrune === undefined || parametersToPrune.length === 0)
    return parameterNames.flatMap((name) =>
      layers.flatMap((layer): PrunedField[] => (originalOf([layer, name]) === undefined ? [] : [[layer, name]])),
    );
  const missing = parametersToPrune.filter((field) => !layers.includes(field[0]) || originalOf(field) === undefined);
  if (missing.length === 0) return [...parametersToPrune];
  throw new MisconfigurationError({
    message: "ModelPruning was given parameters that are not in the model.",
    expected: "pairs of one of its layers and the name of a field that holds a parameter",
    received: missing.map(([layer, name]) => `${layer.constructor.name}.${name}`).join(", "),
  });
}

function isContainer(module: nn.Module): boolean {
  return (
    module instanceof LightningModule ||
    // A Sequential is a list too.
    module instanceof nn.ModuleList ||
    module instanceof nn.ModuleDict
  );
}

/** The parameter of a field, behind its mask where it has one. */
export function originalOf([module, name]: PrunedField): nn.Parameter | undefined {
  const masked: unknown = Reflect.get(module, `${name}_orig`);
  if (masked instanceof nn.Parameter) return masked;
  // Looked at only where there is no mask: with one, the field computes a tensor.
  const plain: unknown = Reflect.get(module, name);
  return plain instanceof nn.Parameter ? plain : undefined;
}

/** The mask of a field that is pruned. */
export function maskOf([module, name]: PrunedField): nn.Buffer | undefined {
  const mask: unknown = Reflect.get(module, `${name}_mask`);
  return mask instanceof nn.Buffer ? mask : undefined;
}

/** Values and mask on the host; a mask of ones where nothing is pruned. */
export function hostOf(field: PrunedField): { readonly values: Float32Array; readonly mask: Float32Array } {
  const values = Float32Array.from(originalOf(field)?.dataSync() ?? []);
  const mask = maskOf(field)?.dataSync();
  return { values, mask: mask === undefined ? new Float32Array(values.length).fill(1) : Float32Array.from(mask) };
}

/** Gives a field a mask, besides the one that it has. */
export function putMask(field: PrunedField, mask: ArrayLike<number>): void {
  const [module, name] = field;
  const shape = originalOf(field)?.shape ?? [];
  const tensor = tf.tensor(Float32Array.from(mask), shape);
  prune.customFromMask(module, name, { mask: tensor });
  tensor.dispose();
}

/** Prunes each field, or all together, by a method of the user's. */
export function pruneBy(
  method: PruningMethod,
  fields: readonly PrunedField[],
  amount: number,
  together: boolean,
): void {
  if (!together) {
    for (const field of fields) {
      const shape = originalOf(field)?.shape ?? [];
      putMask(field, checkedMask(method({ ...hostOf(field), shape, amount }), originalOf(field)?.size ?? 0));
    }
    return;
  }
  const hosts = fields.map(hostOf);
  const values = Float32Array.from(hosts.flatMap((host) => [...host.values]));
  const mask = Float32Array.from(hosts.flatMap((host) => [...host.mask]));
  const next = checkedMask(method({ values, mask, shape: [values.length], amount }), values.length);
  let begin = 0;
  for (const [i, field] of fields.entries()) {
    const length = hosts[i]?.values.length ?? 0;
    putMask(field, next.slice(begin, begin + length));
    begin += length;
  }
}

function checkedMask(mask: unknown, size: number): Float32Array {
  const values = Array.isArray(mask) || ArrayBuffer.isView(mask) ? Float32Array.from(Object.values(mask), Number) : [];
  if (values instanceof Float32Array && values.length === size) return values;
  throw new MisconfigurationError({
    message: "The pruningFn of ModelPruning gave no mask that fits.",
    expected: `${size} numbers`,
    received: values instanceof Float32Array ? `${values.length} numbers` : typeof mask,
  });
}
