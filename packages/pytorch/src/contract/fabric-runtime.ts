import { isMetric, MisconfigurationError, type Metric } from "@lightning-ts/core";
import type { Fabric } from "@lightning-ts/fabric";
import type { Tensor } from "@tensorflow/tfjs-core";
import { stepValueOf } from "../results/step-value.js";
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
    log: (name, value) => fabric.log(name, isMetric(value) ? valueOfCall(name, value) : value),
    backward: (loss, options) => fabric.backward(loss, options),
    manualBackward: (loss, options) => fabric.backward(loss, options),
    clipGradients() {
      throw new MisconfigurationError({
        message:
          "Under Fabric, gradients are clipped by fabric.clipGradients(module, optimizer, { maxNorm }) in the loop.",
      });
    },
    print: (text) => fabric.print(text),
    allGather: (value) => fabric.allGather(value),
  };
}

/** Under Fabric nobody collects: what is logged of a metric is the value of its last call. */
function valueOfCall(name: string, metric: Metric): Tensor | number {
  const value = stepValueOf(name, metric);
  if (value !== undefined) return value;
  throw new MisconfigurationError({
    code: "LIT_LOG_METRIC",
    message: `log("${name}") under Fabric logs the value of the metric's last call, and it was not called.`,
    tryThis: "metric.forward(…) before log(), or log(name, metric.compute()) and metric.reset() when the epoch ends.",
  });
}
