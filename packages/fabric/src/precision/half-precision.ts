import {
  classNameOf,
  gradOf,
  isMetric,
  mapTree,
  MisconfigurationError,
  Module,
  nn,
  noGrad,
  Optimizer,
  refusePromise,
  setGrad,
  type PrecisionName,
  type TrainingBackend,
} from "@lightning-ts/core";
import { Tensor, Variable } from "@tensorflow/tfjs-core";
import { UnsupportedPrecisionError } from "../errors/unsupported-precision-error.js";
import { FullPrecision } from "./full-precision.js";
import type { TrainableModule, TrainableOptimizer } from "./trainable.js";

type HalfName = "16-true" | "bf16-true";
type Half = "float16" | "bfloat16";

/** The backend's part in it. */
interface Halves {
  readonly roundResults: <TResult>(dtype: Half, body: () => TResult) => TResult;
  readonly roundTo: (tensor: Tensor) => Tensor;
}

/**
 * Has everything in a short format: parameters, buffers, what a step is given and computes, gradients and the
 * optimizer's state take only values of float16 (`"16-true"`) or bfloat16 (`"bf16-true"`). Products and convolutions
 * compute in halves where the device does. There is no loss scaler. Tensors still have four bytes for each value: this
 * is for trying the numbers of such a training, and saves no memory.
 *
 * An optimizer computes a step in float32, of rounded gradients, state and parameters; what it has made of them is
 * rounded then, as PyTorch's fused optimizers do it. Metrics collect in float32.
 * @example
 * ```ts
 * import { Fabric, HalfPrecision } from "@lightning-ts/fabric";
 *
 * const fabric = new Fabric({ plugins: [new HalfPrecision("bf16-true")] }); // what precision: "bf16-true" makes
 * console.log(fabric.precision.name); // "bf16-true"
 * ```
 */
export class HalfPrecision extends FullPrecision {
  override readonly name: PrecisionName;
  override readonly stateKey: string = "HalfPrecision";
  readonly dtype: Half;
  #halves: Halves | undefined;
  /** What was set up before the backend was known. */
  #waiting: (() => void)[] = [];

  constructor(name: HalfName = "16-true") {
    super();
    this.name = name;
    this.dtype = name === "16-true" ? "float16" : "bfloat16";
  }

  override connect(backend: TrainingBackend): void {
    const { roundResults, roundTo } = backend;
    if (roundResults === undefined || roundTo === undefined || !backend.capabilities.precisions.includes(this.name))
      throw new UnsupportedPrecisionError(this.name, backend.name, backend.capabilities.precisions);
    this.#halves = {
      roundResults: roundResults.bind(backend),
      roundTo: (tensor) => roundTo.call(backend, this.dtype, tensor),
    };
    for (const convert of this.#waiting.splice(0)) convert();
  }

  override convertModule(module: TrainableModule): void {
    this.#whenConnected(() => this.#round(variablesOf(module)));
  }

  override convertOptimizer(optimizer: TrainableOptimizer): void {
    this.#whenConnected(() => this.#roundState(optimizer));
  }

  override convertInput<TInput>(input: TInput): TInput;
  override convertInput(input: unknown): unknown {
    const halves = this.#halves;
    if (halves === undefined) return input;
    return mapTree(input, (leaf) => (leaf instanceof Tensor && leaf.dtype === "float32" ? halves.roundTo(leaf) : leaf));
  }

  override forward<TResult>(body: () => TResult): TResult {
    return this.#halves === undefined ? body() : this.#halves.roundResults(this.dtype, body);
  }

  override backward(loss: Tensor, walk: (loss: Tensor) => void): void {
    this.forward(() => walk(loss));
  }

  override optimizerStep(optimizer: TrainableOptimizer, closure?: () => Tensor | void): Tensor | void {
    if (optimizer.needsClosure === true)
      throw new MisconfigurationError({
        message: `The precision "${this.name}" does not work with an optimizer that asks for the loss several times a step: between two of them, parameters would not be rounded.`,
        received: classNameOf(optimizer),
        tryThis: 'precision: "32-true", or another optimizer.',
      });
    const loss = closure === undefined ? undefined : refusePromise(closure(), "The closure of optimizer.step");
    const updated = optimizer.paramGroups.flatMap(({ params }) => params.filter((param) => gradOf(param) !== null));
    this.#roundGradients(updated);
    optimizer.step();
    this.#round(updated);
    this.#roundState(optimizer);
    return loss;
  }

  #whenConnected(convert: () => void): void {
    if (this.#halves === undefined) this.#waiting.push(convert);
    else convert();
  }

  #round(variables: readonly Variable[]): void {
    for (const variable of variables)
      this.#rounded(variable, (rounded) => {
        variable.assign(rounded);
        rounded.dispose();
      });
  }

  #roundGradients(parameters: readonly Variable[]): void {
    for (const parameter of parameters) {
      const gradient = gradOf(parameter);
      if (gradient !== null) this.#rounded(gradient, (rounded) => setGrad(parameter, rounded));
    }
  }

  #roundState(optimizer: TrainableOptimizer): void {
    if (!(optimizer instanceof Optimizer)) return;
    for (const state of optimizer.state.values())
      for (const [name, tensor] of [...state.tensors]) this.#rounded(tensor, (rounded) => state.replace(name, rounded));
  }

  #rounded(tensor: Tensor, take: (rounded: Tensor) => void): void {
    const halves = this.#halves;
    if (halves !== undefined && tensor.dtype === "float32") noGrad(() => take(halves.roundTo(tensor)));
  }
}

/** Parameters and buffers; not what metrics collect, and not what has no shape yet. */
function variablesOf(module: TrainableModule): Variable[] {
  const others = new Set<unknown>();
  if (module instanceof Module)
    for (const part of module.modules()) if (isMetric(part)) for (const buffer of part.buffers()) others.add(buffer);
  const buffers = module instanceof Module ? module.buffers() : module.stateDict().values();
  const all = new Set<unknown>([...module.parameters(), ...buffers]);
  return [...all].filter(
    (variable): variable is Variable => variable instanceof Variable && !others.has(variable) && !nn.isLazy(variable),
  );
}
