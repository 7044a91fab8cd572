import { MisconfigurationError, Module, nn } from "@lightning-ts/core";
import type { Variable } from "@tensorflow/tfjs-core";
import type { TrainableModule } from "../../precision/trainable.js";

/** A module whose ranks are kept alike: its variables by name, as they are now. */
export class SyncedModule {
  constructor(readonly module: TrainableModule) {}

  /** What is learned, each variable once. */
  parameters(): [name: string, parameter: Variable][] {
    const { module } = this;
    if (module instanceof Module) return module.namedParameters();
    return module.parameters().map((parameter, index) => [`parameter ${index}`, parameter]);
  }

  /** What is kept beside, such as running means. */
  buffers(): Variable[] {
    return this.module instanceof Module ? this.module.buffers() : [];
  }

  /** @throws MisconfigurationError where a lazy layer has no shape yet */
  variables(): Variable[] {
    const parameters = this.parameters();
    const lazy = parameters.find(([, parameter]) => nn.isLazy(parameter));
    if (lazy !== undefined)
      throw new MisconfigurationError({
        message: `${lazy[0]} has no shape yet, so that rank 0 cannot give it to the others.`,
        tryThis: "a forward with one example before the run, or a layer that is told its sizes.",
      });
    return [...parameters.map(([, parameter]) => parameter), ...this.buffers()];
  }

  /** Tells models with other variables apart. */
  signature(): string {
    const lines = [
      ...this.parameters().map(([name, { shape, dtype }]) => `${name} ${dtype} [${shape.join(", ")}]`),
      ...this.buffers().map(({ shape, dtype }) => `${dtype} [${shape.join(", ")}]`),
    ];
    return `${lines.length} tensors, ${hashOf(lines.join("\n"))}`;
  }
}

/** FNV-1a of 32 bits, as eight digits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
