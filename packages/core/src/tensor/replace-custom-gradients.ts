import type { NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import { customGradEngine } from "./engine-internals/kernels.js";
import { innermostScopeName } from "./engine-internals/scope-stack.js";

/** The gradient of an operation of tfjs' that brings its own and runs one kernel. */
interface CustomGradient {
  readonly kernelName: string;
  /** From what the operation saved, in the order of its inputs; undefined where its own gradient is right. */
  readonly gradient: (dy: Tensor, saved: Tensor[], attrs: NamedAttrMap) => Tensor[] | undefined;
}

/**
 * Puts gradients before those that tfjs' operations bring themselves. @param replacements by the name of the
 * operation's scope
 */
export function replaceCustomGradients(replacements: Readonly<Record<string, CustomGradient>>): void {
  const current = customGradEngine();
  const customGrad = current.customGrad.bind(current);
  current.customGrad = (f) => {
    const operation = innermostScopeName();
    const replacement = Object.hasOwn(replacements, operation) ? replacements[operation] : undefined;
    if (replacement === undefined) return customGrad(f);
    return customGrad((...args) => {
      const { result, attrs } = attributesUsedBy(replacement.kernelName, () => f(...args));
      const gradFunc: typeof result.gradFunc = (dy, saved) =>
        replacement.gradient(dy, saved, attrs) ?? result.gradFunc(dy, saved);
      return { value: result.value, gradFunc };
    });
  };
}

/** Runs `body` and sees which attributes a kernel gets in it. */
function attributesUsedBy<TResult>(kernelName: string, body: () => TResult): { result: TResult; attrs: NamedAttrMap } {
  const current = customGradEngine();
  let attrs: NamedAttrMap = {};
  const { runKernel } = current;
  current.runKernel = (name, inputs, given) => {
    if (name === kernelName) attrs = given;
    return runKernel.call(current, name, inputs, given);
  };
  try {
    return { result: body(), attrs };
  } finally {
    current.runKernel = runKernel;
  }
}
