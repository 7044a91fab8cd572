import { classNameOf, MisconfigurationError, type Optimizer } from "@lightning-ts/core";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Session } from "../session/session.js";

/**
 * Looks whether optimizers update the model that is trained.
 * @throws MisconfigurationError for an optimizer that has no parameter of the model
 */
export function requireOwnParameters({ module, warnings }: Session, optimizers: readonly Optimizer[]): void {
  const own = new Set<unknown>(module.parameters());
  for (const optimizer of optimizers) {
    const params = optimizer.paramGroups.flatMap((group) => group.params);
    const foreign = params.filter((param) => !own.has(param)).length;
    if (foreign === params.length) throw noOwnParameter(optimizer, module);
    if (foreign > 0)
      warnings.warn(
        "foreign parameters",
        `${foreign} of the ${params.length} parameters of ${classNameOf(optimizer)} are not in ${classNameOf(module)}: they are trained, but checkpoints hold nothing of them. Keep them in a field of the module.`,
      );
  }
}

function noOwnParameter(optimizer: Optimizer, module: LightningModule): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_OPTIMIZER_MISMATCH",
    message: `${classNameOf(optimizer)} has no parameter of ${classNameOf(module)}, so the model would not change.`,
    tryThis: "make it from the model's own parameters: new optim.Adam(this.parameters()).",
  });
}
