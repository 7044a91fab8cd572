import { classNameOf, nn, tf } from "@lightning-ts/core";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Session } from "../session/session.js";

const MOST_NAMED = 3;

/** Fields of a module that the Trainer reads. */
const READ = [
  ...["automaticOptimization", "strictLoading", "prepareDataPerNode", "exampleInputArray"],
  "allowZeroLengthDataloaderWithMultipleDevices",
];
const OF_PYTHON = new Map(
  READ.map((name) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name]),
);

const LAYERS = new Set<unknown>(Object.values(nn));

/**
 * Warns of what Python's words set and nothing reads: `this.automatic_optimization = false`,
 * `layer.weight.requires_grad = false`, `layer.weight.data = tensor`, and a tensor in place of a layer's parameter.
 * Without types nothing else says that they have no effect.
 */
export function warnOfUnreadFields({ module, warnings }: Session): void {
  for (const name of Object.keys(module)) {
    const meant = OF_PYTHON.get(name);
    if (meant !== undefined)
      warnings.warn(
        `unread ${name}`,
        `${classNameOf(module)} has a field ${name}, which nothing reads. Did you mean ${meant}?`,
      );
  }
  const parameters = module.namedParameters();
  const named = (field: string): string[] =>
    parameters.flatMap(([name, parameter]) => (Object.hasOwn(parameter, field) ? [`${name}.${field}`] : []));
  warnOf(named("requires_grad"), (list) => `${list}: nothing reads what was set there. Did you mean requiresGrad?`);
  warnOf(named("data"), (list) => `${list}: what was set there changes no value. Did you mean assign(tensor)?`);
  warnOf(
    replacedParameters(module),
    (list) =>
      `${list}: a tensor in place of a parameter is neither trained nor saved. Set the values with weight.assign(tensor), or put a new nn.Parameter(tensor) there.`,
  );

  function warnOf(fields: readonly string[], say: (list: string) => string): void {
    if (fields.length === 0) return;
    const rest = fields.length > MOST_NAMED ? ` and ${fields.length - MOST_NAMED} more` : "";
    const text = say(`${fields.slice(0, MOST_NAMED).join(", ")}${rest}`);
    warnings.warn(text, text);
  }
}

/** Weights and biases of layers that are plain tensors. What pruning or a norm computes from others is a getter. */
function replacedParameters(module: LightningModule): string[] {
  return module.namedModules().flatMap(([path, layer]) => {
    if (!LAYERS.has(layer.constructor) || classNameOf(layer).endsWith("Loss")) return [];
    return Object.entries(layer).flatMap(([name, value]: [string, unknown]) => {
      const isTensor = value instanceof tf.Tensor && !(value instanceof tf.Variable);
      return isTensor && /^(?:weight|bias)/.test(name) ? [`${path}.${name}`] : [];
    });
  });
}
