import * as L from "lightning-ts";
import { F, nn, optim, RandomStream, rememberForRollback, tensorScope, tf } from "lightning-ts/core";

/** What goes wrong in a step; nobody but the run, or the compiler, can know before. */
export type Fault = "none" | "label" | "token" | "shape" | "uncompilable";
/** What the step's author looks at, and when. */
export type Reading = "none" | "loss" | "lossLater" | "everything";

export const FAULTS: readonly Fault[] = ["label", "token", "shape", "uncompilable"];
export const READINGS: readonly Reading[] = ["none", "loss", "lossLater", "everything"];

const [ROWS, CLASSES, TOKENS, WIDTH] = [24, 5, 11, 16];

/**
 * Everything that a bad step could leave traces in: batch statistics, dropout, an embedding, two optimizers, a
 * schedule.
 */
export class FragileModel extends nn.Module {
  readonly embedding = new nn.Embedding(TOKENS, WIDTH);
  readonly body = new nn.Sequential(
    new nn.Linear(WIDTH, WIDTH),
    new nn.BatchNorm1d(WIDTH),
    new nn.ReLU(),
    new nn.Dropout(0.3),
  );
  readonly head = new nn.Linear(WIDTH, CLASSES);

  override forward(tokens: tf.Tensor): tf.Tensor {
    return this.head.forward(this.body.forward(this.embedding.forward(tokens)));
  }
}

/** One training whose steps can be asked to fail. */
export class FragileTraining {
  readonly model: FragileModel;
  readonly adam: optim.Adam;
  readonly sgd: optim.SGD;
  readonly schedule: optim.lrScheduler.StepLR;
  /** The numbers of the steps that count. */
  readonly committed: number[] = [];
  /** Nobody reads it, but it is there. */
  #unread: tf.Tensor | undefined;
  readonly #fail: (x: tf.Tensor) => tf.Tensor;

  /** @param fail records an op that cannot be compiled */
  constructor(fail: (x: tf.Tensor) => tf.Tensor) {
    L.seedEverything(7);
    this.#fail = fail;
    this.model = new FragileModel();
    this.adam = new optim.Adam([...this.model.embedding.parameters(), ...this.model.body.parameters()], { lr: 0.01 });
    this.sgd = new optim.SGD(this.model.head.parameters(), { lr: 0.05, momentum: 0.9 });
    this.schedule = new optim.lrScheduler.StepLR(this.adam, { stepSize: 3, gamma: 0.9 });
  }

  /** Records a step; throws where its author would hear of the fault at once. */
  async step(number: number, fault: Fault, reading: Reading): Promise<void> {
    const scope = tensorScope({ name: "step" });
    try {
      const loss = this.#record(number, fault, reading);
      if (reading === "loss" || reading === "everything") loss.dataSync();
      if (reading === "lossLater") await loss.data();
    } finally {
      scope.close();
    }
  }

  #record(number: number, fault: Fault, reading: Reading): tf.Tensor {
    const random = RandomStream.fromSeed(number, "data");
    const tokens = Int32Array.from({ length: ROWS }, () => random.integer(TOKENS));
    const labels = Int32Array.from({ length: ROWS }, () => random.integer(CLASSES));
    if (fault === "label") labels[random.integer(ROWS)] = CLASSES + random.integer(9);
    if (fault === "token") tokens[random.integer(ROWS)] = random.integer(2) === 0 ? -1 : TOKENS;
    if (fault === "shape") tf.matMul(tf.ones([2, 3]), tf.ones([4, 5]));
    this.adam.zeroGrad();
    this.sgd.zeroGrad();
    // Computed, so that the host cannot look at them.
    const computed = tf.sub(tf.add(tf.tensor1d(tokens, "int32"), tf.scalar(1, "int32")), tf.scalar(1, "int32"));
    const hidden = this.model.forward(computed);
    const loss = F.crossEntropy(hidden, tf.tensor1d(labels, "int32"));
    this.#unread?.dispose();
    this.#unread = fault === "uncompilable" ? tf.keep(this.#fail(tf.mean(hidden))) : undefined;
    L.backward(loss);
    this.adam.step();
    this.sgd.step();
    this.schedule.step();
    rememberForRollback(this.committed, () => {
      const { length } = this.committed;
      return () => {
        this.committed.length = length;
      };
    });
    this.committed.push(number);
    if (reading === "everything") for (const parameter of this.model.parameters()) parameter.dataSync();
    return loss;
  }

  /** Everything that shapes the next step. */
  async state(): Promise<Record<string, unknown>> {
    const tensors: Record<string, number[]> = {};
    for (const [name, value] of Object.entries(this.model.stateDict())) tensors[name] = [...(await value.data())];
    const optimizers = [this.adam, this.sgd].map(({ state, paramGroups }) => ({
      lrs: paramGroups.map(({ lr }) => lr),
      parameters: Array.from(state.values(), ({ step, tensors: kept }) => ({
        step,
        kept: Array.from(kept, ([name, tensor]) => [name, ...tensor.dataSync()]),
      })),
    }));
    return { tensors, optimizers, schedule: this.schedule.stateDict(), dropout: RandomStream.named("dropout").state() };
  }

  dispose(): void {
    this.#unread?.dispose();
    this.adam.dispose();
    this.sgd.dispose();
    for (const parameter of this.model.parameters()) parameter.dispose();
  }
}
