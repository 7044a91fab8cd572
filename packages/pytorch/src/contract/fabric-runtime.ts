import { MisconfigurationError } from "@lightning-ts/core";
import type { Fabric } from "@lightning-ts/fabric";
import type { ModuleRuntime } from "./module-runtime.js";

/** What a module reaches through `this` when a hand-written loop of Fabric runs it. */
export function fabricRuntime(fabric: Fabric): ModuleRuntime {
  return {
    trainer: undefined,
    get device() {
      return fabric.device;
    },
    get loggers() {
      return fabric.logger === undefined ? [] : [fabric.logger];
    },
    optimizers: [],
    lrSchedulers: [],
    log: (name, value) => fabric.log(name, value),
    backward: (loss, options) => fabric.backward(loss, options),
    manualBackward: (loss, options) => fabric.backward(loss, options),
    clipGradients() {
      throw new MisconfigurationError({
        message:
          "Under Fabric, gradients are clipped by fabric.clipGradients(module, optimizer, { maxNorm }) in the loop.",
      });
    },
    print: (text) => fabric.print(text),
  };
}
