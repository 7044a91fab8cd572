import {
  classNameOf,
  describeValue,
  isPlainObject,
  MisconfigurationError,
  type nn,
  type Optimizer,
} from "@lightning-ts/core";
import { isBatchNorm } from "./modules.js";

/** What a run trains: by the names of parameters and modules, so that it can be kept in a checkpoint. */
export interface SavedTraining {
  /** For each optimizer its groups. Their options are in the optimizer's own state. */
  readonly internal_optimizer_metadata: readonly (readonly { readonly params: readonly string[] }[])[];
  /** The parameters that get gradients. A file of Python does not say: those that an optimizer has. */
  readonly trainable_parameters?: readonly string[];
  /** Batch norms that keep their statistics. A file of Python does not say: none whose parameters are trained. */
  readonly frozen_statistics?: readonly string[];
}

export function savedTraining(optimizers: readonly Optimizer[], module: nn.Module): SavedTraining {
  const parameters = module.namedParameters();
  const names = new Map<object, string>(parameters.map(([name, parameter]) => [parameter, name]));
  return {
    internal_optimizer_metadata: optimizers.map(({ paramGroups }) =>
      paramGroups.map(({ params }) => ({ params: params.flatMap((param) => names.get(param) ?? []) })),
    ),
    trainable_parameters: parameters.flatMap(([name, { requiresGrad }]) => (requiresGrad ? [name] : [])),
    frozen_statistics: module
      .namedModules()
      .flatMap(([name, inner]) => (isBatchNorm(inner) && !inner.trackRunningStats ? [name] : [])),
  };
}

/** Gives optimizers the groups, and parameters and batch norms the modes, that they had. */
export function restoreTraining(saved: SavedTraining, optimizers: readonly Optimizer[], module: nn.Module): void {
  const parameters = new Map(module.namedParameters());
  restoreModes(saved, module);
  for (const [i, optimizer] of optimizers.entries()) {
    for (const [place, { params: names }] of (saved.internal_optimizer_metadata[i] ?? []).entries()) {
      const params = names.flatMap((name) => parameters.get(name) ?? []);
      const group = optimizer.paramGroups[place];
      if (group === undefined) optimizer.addParamGroup({ params });
      else group.params = params;
    }
  }
}

function restoreModes(saved: SavedTraining, module: nn.Module): void {
  if (saved.trainable_parameters === undefined) {
    unfreezeWhatIsTrained(saved, module);
    return;
  }
  const [trainable, frozen] = [new Set(saved.trainable_parameters), new Set(saved.frozen_statistics)];
  for (const [name, parameter] of module.namedParameters()) parameter.requiresGrad = trainable.has(name);
  for (const [name, inner] of module.namedModules())
    if (isBatchNorm(inner)) inner.trackRunningStats = !frozen.has(name);
}

/** What no optimizer had in a run of Python stays as `freezeBeforeTraining` has left it. */
function unfreezeWhatIsTrained({ internal_optimizer_metadata: groups }: SavedTraining, module: nn.Module): void {
  const trained = new Set(groups.flat().flatMap(({ params }) => params));
  for (const [name, parameter] of module.namedParameters()) if (trained.has(name)) parameter.requiresGrad = true;
  for (const inner of module.modules())
    if (isBatchNorm(inner) && inner.parameters().some(({ requiresGrad }) => requiresGrad))
      inner.trackRunningStats = true;
}

/**
 * Reads what `savedTraining` or Python's Lightning has written. Python numbers the optimizers: `{ 0: groups }`.
 * @throws MisconfigurationError for a state that is none
 */
export function readSavedTraining(owner: object, state: Record<string, unknown>): SavedTraining {
  const { internal_optimizer_metadata: given, trainable_parameters: trainable, frozen_statistics: frozen } = state;
  const isPythons = isPlainObject(given) && trainable === undefined && frozen === undefined;
  const groups: unknown = isPythons ? Object.values(given) : given;
  const isGroup = (value: unknown): value is { params: readonly string[] } =>
    isPlainObject(value) && isNames(value["params"]);
  if (
    !Array.isArray(groups) ||
    !groups.every((group) => Array.isArray(group) && group.every(isGroup)) ||
    !(isPythons || (isNames(trainable) && isNames(frozen)))
  )
    throw new MisconfigurationError({
      code: "LIT_CKPT_KEY",
      message: `The checkpoint has no readable state of ${classNameOf(owner)}.`,
      expected: "groups of parameter names for each optimizer, and the names of what is trained",
      received: describeValue(state),
    });
  return {
    internal_optimizer_metadata: groups,
    ...(isNames(trainable) && isNames(frozen) && { trainable_parameters: trainable, frozen_statistics: frozen }),
  };
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}
