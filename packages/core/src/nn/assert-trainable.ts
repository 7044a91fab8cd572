import { classNameOf } from "../errors/class-name.js";
import { currentBackend, knownBackends } from "../backend/backend-registry.js";
import type { TrainingBackend } from "../backend/training-backend.js";
import { BackendCannotTrainError } from "../errors/backend-cannot-train-error.js";
import { LayersModelModule } from "./from-layers-model.js";
import { Convolution, TransposedConvolution } from "./layers/convolution.js";
import type { Module } from "./module.js";

/**
 * Checks, before the first step, that a backend has the gradients that a module needs.
 * @throws BackendCannotTrainError naming backends that can
 */
export function assertTrainable(module: Module, backend: TrainingBackend = currentBackend()): void {
  if (backend.capabilities.trainsConvolutions) return;
  const layers = module.namedModules().flatMap(([name, child]) => convolutionsOf(name, child));
  if (layers.length === 0) return;
  const alternatives = knownBackends().flatMap((other) => (other.capabilities.trainsConvolutions ? [other.name] : []));
  throw new BackendCannotTrainError({ backend: backend.name, layers, alternatives });
}

/** Names of convolutions that would be trained. */
function convolutionsOf(name: string, module: Module): string[] {
  if (module instanceof Convolution || module instanceof TransposedConvolution) {
    return module.weight.requiresGrad ? [`${name === "" ? "module" : name} (${classNameOf(module)})`] : [];
  }
  if (!(module instanceof LayersModelModule)) return [];
  return module.model.layers.flatMap((layer, index) => {
    const className = layer.getClassName?.() ?? "";
    const isTrained = layer.weights.some((weight) => weight.trainable);
    return /conv/i.test(className) && isTrained ? [`${name}.${index} (${className})`] : [];
  });
}
