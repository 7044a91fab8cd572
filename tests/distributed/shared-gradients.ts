import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as L from "lightning-ts";
import { cpu, DDPStrategy } from "lightning-ts/fabric";
import { rankOfProcess } from "./rank-of-process.js";

/** How many ranks train, each case once with gradients that are read where they lie, and once with copies. */
export interface SharedOrders {
  readonly devices: number;
  readonly steps: number;
}

export interface SharedResult {
  readonly rank: number;
  /** Weights at the end, and what the case has looked at, by its name: with copies first. */
  readonly cases: Readonly<Record<string, readonly [copied: SharedNumbers, shared: SharedNumbers]>>;
}

export interface SharedNumbers {
  /** The same on all ranks. */
  readonly all: readonly number[];
  /** This rank's. */
  readonly own: readonly number[];
}

const { F, nn, optim, tf } = L;
const [FEATURES, WIDTH, WORDS, ROWS] = [17, 33, 7, 6];

const [text = "{}", folder = ""] = process.argv.slice(2);
const orders: SharedOrders = JSON.parse(text);

/** Gradients of products, of sums over a batch, of a convolution and of a table; one that two parameters share. */
class Net extends nn.Module {
  readonly words = new nn.Embedding(WORDS, FEATURES);
  readonly filter = new nn.Conv1d(1, 3, 3);
  readonly first = new nn.Linear(FEATURES, WIDTH);
  readonly second = new nn.Linear(WIDTH, 1);
  readonly late = new nn.Linear(WIDTH, 1);
  readonly left = new nn.Parameter(tf.ones([WIDTH]));
  readonly right = new nn.Parameter(tf.ones([WIDTH]));
  usesLate = true;

  override forward(x: L.tf.Tensor, words: L.tf.Tensor): L.tf.Tensor {
    const seen = F.tanh(this.filter.forward(x.expandDims(1)))
      .mean([1, 2])
      .expandDims(1);
    const hidden = F.tanh(this.first.forward(tf.add(x, this.words.forward(words))));
    const scaled = hidden.mul(tf.add(this.left, this.right)).add(seen);
    const y = this.second.forward(scaled);
    return this.usesLate ? y.add(this.late.forward(hidden)) : y;
  }
}

interface Run {
  readonly fabric: L.Fabric;
  readonly net: Net;
  readonly model: Net;
  /** What a step has computed, for the end. */
  readonly seen: number[];
  /** Sets an optimizer up. */
  setup(optimizer: L.optim.Optimizer): L.optim.Optimizer;
  lossOf(step: number): L.tf.Tensor;
  /** Keeps tensors to the end, and looks at this rank's numbers then; they count in no comparison of ranks. */
  own(tensors: readonly L.tf.Tensor[]): void;
  /** Reads a tensor at the end. */
  later(tensor: L.tf.Tensor): void;
}

type Case = (run: Run) => (step: number) => void;

/** Each step forgets the gradients, computes new ones, and changes the weights by them. */
function training(run: Run, optimizer: L.optim.Optimizer, between: (step: number) => void = () => undefined) {
  const own = run.setup(optimizer);
  return (step: number): void => {
    own.zeroGrad();
    run.fabric.backward(run.lossOf(step));
    between(step);
    own.step();
  };
}

const gradients = (net: Net): L.tf.Tensor[] => net.parameters().flatMap(({ grad }) => grad ?? []);
const sgd = (net: Net): L.optim.Optimizer => new optim.SGD(net.parameters(), { lr: 0.05 });

const CASES: Readonly<Record<string, Case>> = {
  sgd: (run) => training(run, sgd(run.net)),
  "nesterov's momentum": (run) =>
    training(run, new optim.SGD(run.net.parameters(), { lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 })),
  "adam with amsgrad": (run) => training(run, new optim.AdamW(run.net.parameters(), { lr: 0.01, amsgrad: true })),
  rmsprop: (run) => training(run, new optim.RMSprop(run.net.parameters(), { momentum: 0.9, centered: true })),
  clipped: (run) =>
    training(run, sgd(run.net), () => run.later(nn.utils.clipGradNorm([...run.net.parameters()], 0.05))),
  "gradients that are read at once": (run) =>
    training(run, sgd(run.net), () => gradients(run.net).forEach((each) => run.seen.push(...each.dataSync()))),
  "gradients that are kept, and read at the end": (run) =>
    training(run, sgd(run.net), () => gradients(run.net).forEach((each) => run.later(each.clone()))),
  "numbers of gradients that are read at the end": (run) =>
    training(run, sgd(run.net), () => gradients(run.net).forEach((each) => run.later(each.square().sum()))),
  "gradients that nobody forgets": (run) => {
    const optimizer = run.setup(new optim.SGD(run.net.parameters(), { lr: 0.005 }));
    return (step) => {
      run.fabric.backward(run.lossOf(step));
      optimizer.step();
    };
  },
  "own gradients of a window that are kept": (run) => {
    const optimizer = run.setup(sgd(run.net));
    return (step) => {
      const isOpen = step % 3 !== 2;
      run.fabric.noBackwardSync(run.model, () => run.fabric.backward(run.lossOf(step)), { enabled: isOpen });
      if (isOpen) run.own(gradients(run.net));
      if (isOpen) return;
      optimizer.step();
      optimizer.zeroGrad();
    };
  },
  "gradients that only the step reduces, kept before": (run) => {
    const optimizer = run.setup(sgd(run.net));
    return (step) => {
      optimizer.zeroGrad();
      run.fabric.noBackwardSync(run.model, () => run.fabric.backward(run.lossOf(step)));
      run.own(gradients(run.net));
      optimizer.step();
    };
  },
  "two optimizers in turns": (run) => {
    const { net } = run;
    const groups = [
      [...net.first.parameters(), net.left],
      [...net.second.parameters(), ...net.words.parameters()],
    ];
    const optimizers = groups.map((group) => run.setup(new optim.Adam(group, { lr: 0.01 })));
    return (step) => {
      const turn = step % 2;
      for (const parameter of net.parameters()) parameter.requiresGrad = groups[turn]?.includes(parameter) ?? false;
      optimizers[turn]?.zeroGrad();
      run.fabric.backward(run.lossOf(step));
      optimizers[turn]?.step();
    };
  },
  "a layer that thaws": (run) => {
    for (const parameter of run.net.first.parameters()) parameter.requiresGrad = false;
    const step = training(run, sgd(run.net));
    return (number) => {
      if (number === 5) for (const parameter of run.net.first.parameters()) parameter.requiresGrad = true;
      step(number);
    };
  },
  "a layer that is used no more": (run) => {
    const step = training(run, sgd(run.net));
    return (number) => {
      run.net.usesLate = number < 5;
      step(number);
    };
  },
  "weights that were held before each step": (run) =>
    training(run, sgd(run.net), () => run.later(run.net.first.weight.clone())),
};

async function trainOnce(name: string, shareGradients: boolean): Promise<() => SharedNumbers> {
  const isMixed = name === "in mixed precision";
  await using fabric = new L.Fabric({
    accelerator: cpu({ backend: "onnxruntime", threads: 1 }),
    devices: orders.devices,
    strategy: new DDPStrategy({ timeoutMs: 60_000, shareGradients }),
    precision: isMixed ? "bf16-mixed" : "32-true",
  });
  await fabric.launch();
  L.seedEverything(5);
  const net = new Net();
  const model = fabric.setup(net);
  const kept: L.tf.Tensor[] = [];
  const seen: number[] = [];
  const own: L.tf.Tensor[] = [];
  const run: Run = {
    fabric,
    net,
    model,
    seen,
    setup: (optimizer) => fabric.setupOptimizers(optimizer),
    lossOf: (step) => {
      const at = step * orders.devices + fabric.globalRank;
      const x = tf.tensor2d(
        Float32Array.from({ length: ROWS * FEATURES }, (_, i) => Math.sin(i * 0.7 + at)),
        [ROWS, FEATURES],
      );
      const words = tf.tensor1d(
        Array.from({ length: ROWS }, (_, row) => (row * 3 + at) % WORDS),
        "int32",
      );
      const y = tf.tensor2d(
        Float32Array.from({ length: ROWS }, (_, row) => Math.cos(row + at)),
        [ROWS, 1],
      );
      return F.mseLoss(model.forward(x, words), y);
    },
    own: (tensors) => void own.push(...tensors.map((tensor) => tf.keep(tensor.clone()))),
    later: (tensor) => void kept.push(tf.keep(tensor)),
  };
  const step = (CASES[name] ?? training)(run, sgd(net));
  for (let number = 0; number < orders.steps; number += 1) fabric.step(() => step(number));
  for (const parameter of net.parameters()) seen.push(...parameter.dataSync());
  return () => {
    const [later, ownNumbers] = [kept, own].map((tensors) => tensors.flatMap((tensor) => [...tensor.dataSync()]));
    for (const tensor of [...kept, ...own]) tensor.dispose();
    return { all: [...seen, ...(later ?? [])], own: ownNumbers ?? [] };
  };
}

const cases: Record<string, [SharedNumbers, SharedNumbers]> = {};
/** What a case has kept is read when the next one has trained in the same memory. */
let readBefore = (): void => undefined;
for (const name of [...Object.keys(CASES), "in mixed precision"]) {
  const copied = (await trainOnce(name, false))();
  const readLater = await trainOnce(name, true);
  readBefore();
  readBefore = () => void (cases[name] = [copied, readLater()]);
}
readBefore();
const rank = rankOfProcess();
writeFileSync(join(folder, `rank-${rank}.json`), JSON.stringify({ rank, cases } satisfies SharedResult));
