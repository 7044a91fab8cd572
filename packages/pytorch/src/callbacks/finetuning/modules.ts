import { nn } from "@lightning-ts/core";

/** A module, a list of modules, or a `ModuleDict`'s entries, nested at will. */
export type Modules = nn.Module | Iterable<Modules>;

/** The modules that have parameters of their own or no children, each once. */
export function flattenModules(modules: Modules): nn.Module[] {
  const all = modules instanceof nn.Module ? modules.modules() : [...modules].flatMap(flattenModules);
  return [...new Set(all)].filter((module) => module.children().length === 0 || ownParameters(module).length > 0);
}

/** The parameters that are trained (or those that are not), without those of batch norms where `trainBn` is false. */
export function filterParams(
  modules: Modules,
  { trainBn = true, requiresGrad = true }: { readonly trainBn?: boolean; readonly requiresGrad?: boolean } = {},
): nn.Parameter[] {
  return flattenModules(modules)
    .filter((module) => trainBn || !isBatchNorm(module))
    .flatMap(ownParameters)
    .filter((parameter) => parameter.requiresGrad === requiresGrad);
}

/** Parameters get gradients, and batch norms gather statistics. */
export function makeTrainable(modules: Modules): void {
  for (const module of flattenModules(modules)) setTrainable(module, true);
}

/** Parameters get no gradients. Batch norms go on training, or keep their statistics where `trainBn` is false. */
export function freeze(modules: Modules, { trainBn = true }: { readonly trainBn?: boolean } = {}): void {
  for (const module of flattenModules(modules)) setTrainable(module, isBatchNorm(module) && trainBn);
}

function setTrainable(module: nn.Module, isTrainable: boolean): void {
  if (isBatchNorm(module)) module.trackRunningStats = isTrainable;
  for (const parameter of ownParameters(module)) parameter.requiresGrad = isTrainable;
}

function ownParameters(module: nn.Module): nn.Parameter[] {
  return module.namedParameters().flatMap(([name, parameter]) => (name.includes(".") ? [] : [parameter]));
}

export function isBatchNorm(module: nn.Module): module is nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d {
  return module instanceof nn.BatchNorm1d || module instanceof nn.BatchNorm2d || module instanceof nn.BatchNorm3d;
}
