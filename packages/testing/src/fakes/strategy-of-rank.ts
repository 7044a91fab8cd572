import { decodeJson, encodeJson, gradOf, setGrad, tf } from "@lightning-ts/core";
import {
  SingleDeviceStrategy,
  type BackwardOptions,
  type Collective,
  type Decision,
  type OpenGradient,
  type ReduceOp,
  type StrategyParts,
  type TrainableModule,
} from "@lightning-ts/fabric";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";

/**
 * One of several ranks that live in one process: for tests of loops that communicate. Weights and gradients travel,
 * plain values too; tensors inside collections do not. It cannot block, so loops have to await `gradientsReady`.
 */
export class StrategyOfRank extends SingleDeviceStrategy {
  override readonly name: string = "ranks_in_one_process";
  override readonly globalRank: number;
  override readonly localRank: number;
  override readonly worldSize: number;
  override readonly isGlobalZero: boolean;
  override readonly samplerRanks: { readonly numReplicas: number; readonly rank: number };
  /** Names of all decisions and reductions, in order. */
  readonly calls: string[] = [];
  readonly #collective: Collective;
  #modules: TrainableModule[] = [];
  #pending: Promise<void> | undefined;
  #isLocal = false;

  constructor(collective: Collective) {
    super();
    this.#collective = collective;
    this.globalRank = collective.rank;
    this.localRank = collective.rank;
    this.worldSize = collective.worldSize;
    this.isGlobalZero = collective.rank === 0;
    this.samplerRanks = { numReplicas: collective.worldSize, rank: collective.rank };
  }

  override connect(parts: StrategyParts): void {
    super.connect({ ...parts, collective: this.#collective });
  }

  override setupModule<TModule extends TrainableModule>(module: TModule): TModule {
    this.#modules.push(module);
    return module;
  }

  override async settle(): Promise<void> {
    for (const module of this.#modules) {
      for (const parameter of module.parameters()) {
        const values = Float32Array.from(await parameter.data());
        await this.#collective.broadcast(values, { name: "weights", source: 0 });
        const tensor = tf.tensor(values, parameter.shape);
        parameter.assign(tensor);
        tensor.dispose();
      }
    }
  }

  override backward(loss: Tensor, options: BackwardOptions = {}): void {
    super.backward(loss, options);
    if (!this.#isLocal) this.#pending = this.#averageGradients();
  }

  override noBackwardSync<TResult>(_module: TrainableModule, body: () => TResult): TResult {
    this.#isLocal = true;
    try {
      return body();
    } finally {
      this.#isLocal = false;
    }
  }

  override gradientsReady(): void | Promise<void> {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  override async openGradients(
    parameters: readonly Variable[],
    isOpen: (parameter: Variable) => boolean = () => true,
  ): Promise<readonly OpenGradient[]> {
    await this.#pending;
    const own = parameters.map((parameter) => (isOpen(parameter) && gradOf(parameter) !== null ? 1 : 0));
    const flags = await this.reduce(own, "max", "open gradients");
    const means: OpenGradient[] = [];
    for (const [index, parameter] of parameters.entries()) {
      if (flags[index] !== 1) means.push(null);
      else {
        const values = Float32Array.from((await gradOf(parameter)?.data()) ?? new Float32Array(parameter.size));
        await this.#collective.allReduce(values, { name: "open gradients", op: "mean" });
        means.push(tf.buffer([...parameter.shape], "float32", values));
      }
    }
    return means;
  }

  override async reduce<TValue>(value: TValue, op: ReduceOp, name: string): Promise<TValue>;
  override async reduce(value: unknown, op: ReduceOp, name: string): Promise<unknown> {
    this.calls.push(`reduce ${name}`);
    const [first, ...others] = await this.#exchange(value, name);
    const sum = others.reduce((left, right) => combine(left, right, op), first);
    return op === "mean" ? scale(sum, 1 / this.worldSize) : sum;
  }

  override async broadcast<TValue>(value: TValue, source: number, name: string): Promise<TValue>;
  override async broadcast(value: unknown, source: number, name: string): Promise<unknown> {
    return (await this.#exchange(value, name))[source];
  }

  override async allGather<TValue>(value: TValue, name: string): Promise<TValue>;
  override async allGather(value: unknown, name: string): Promise<unknown> {
    return this.#exchange(value, name);
  }

  override async agree({ name, wish, of = "any" }: Decision): Promise<boolean> {
    this.calls.push(`agree ${name}`);
    const wishes = await this.#exchange(wish, name);
    return of === "any" ? wishes.includes(true) : !wishes.includes(false);
  }

  override async saveCheckpoint(...request: Parameters<SingleDeviceStrategy["saveCheckpoint"]>): Promise<void> {
    if (this.isGlobalZero) await super.saveCheckpoint(...request);
    await this.#collective.barrier({ name: "saveCheckpoint" });
  }

  /** The values of all ranks, in rank order. */
  async #exchange(value: unknown, name: string): Promise<unknown[]> {
    const mine = new TextEncoder().encode(encodeJson(value, 1));
    const all = await this.#collective.exchangeBytes(mine, { name });
    return all.map((bytes) => decodeJson(new TextDecoder().decode(bytes), 1).value);
  }

  async #averageGradients(): Promise<void> {
    for (const parameter of this.#modules.flatMap((module) => [...module.parameters()])) {
      const gradient = gradOf(parameter);
      if (gradient === null) continue;
      const values = Float32Array.from(await gradient.data());
      await this.#collective.allReduce(values, { name: "gradients", op: "mean" });
      setGrad(parameter, tf.tensor(values, gradient.shape));
    }
  }
}

function combine(left: unknown, right: unknown, op: ReduceOp): unknown {
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length)
      throw new TypeError(`${left.length} values on one rank, ${right.length} on another`);
    return left.map((item, index) => combine(item, right[index], op));
  }
  const [a, b] = [Number(left), Number(right)];
  switch (op) {
    case "mean":
    case "sum":
      return a + b;
    case "product":
      return a * b;
    case "min":
      return Math.min(a, b);
    case "max":
      return Math.max(a, b);
    default:
      return op satisfies never;
  }
}

function scale(value: unknown, factor: number): unknown {
  return Array.isArray(value) ? value.map((item) => scale(item, factor)) : Number(value) * factor;
}
