/**
 * How much of the time in which two ranks reduce gradients lies inside of the time in which the engine computes, and
 * how long a step takes. The first layers compute much and have few weights, the last ones have many.
 * usage: node --import tsx src/ranks/overlap.ts [ddp or fsdp; ddp]
 */
import { F, nn, optim, seedEverything } from "@lightning-ts/core";
import { cpu, DDPStrategy, Fabric, FSDPStrategy, type Collective, type CollectiveWork } from "@lightning-ts/fabric";
import { labelledBatch } from "./labelled-batch.js";

const [BATCH, FEATURES, WIDTH, CLASSES] = [512, 256, 192, 2048];
/** How often the layer in the middle is applied. */
const DEPTH = 12;
const [WARM_STEPS, STEPS] = [3, 30];

interface Stretch {
  readonly from: number;
  readonly to: number;
}

const reductions: Stretch[] = [];

class WatchedDDP extends DDPStrategy {
  override get collective(): Collective {
    return watched(super.collective);
  }
}
class WatchedFSDP extends FSDPStrategy {
  override get collective(): Collective {
    return watched(super.collective);
  }
}

/** What gradients are reduced by. */
const REDUCING: readonly PropertyKey[] = ["allReduceParts", "reduceScatter", "reduce"];

/** Notes when gradients are reduced. */
function watched(collective: Collective): Collective {
  return new Proxy(collective, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...call: unknown[]) => {
        const from = performance.now();
        const work: unknown = value.apply(target, call);
        return REDUCING.includes(key) && isWork(work) ? timed(work, from) : work;
      };
    },
  });
}

function isWork(value: unknown): value is CollectiveWork {
  return value instanceof Object && "join" in value;
}

function timed(work: CollectiveWork, from: number): CollectiveWork {
  return {
    then: (...handlers) => work.then(...handlers),
    join() {
      work.join();
      reductions.push({ from, to: performance.now() });
    },
  };
}

const isDivided = process.argv[2] === "fsdp";
const fabric = new Fabric({
  accelerator: cpu({ backend: "onnxruntime", threads: 1 }),
  strategy: isDivided ? new WatchedFSDP({ bucketCapMb: 4 }) : new WatchedDDP({ bucketCapMb: 4, shareGradients: false }),
  devices: 2,
});
await fabric.launch();
seedEverything(1);
const middle = new nn.Linear(WIDTH, WIDTH);
const layers = Array.from({ length: DEPTH }, () => [middle, new nn.Tanh()]).flat();
const net = new nn.Sequential(new nn.Linear(FEATURES, WIDTH), ...layers, new nn.Linear(WIDTH, CLASSES));
const [model, optimizer] = fabric.setup(net, (module) => new optim.SGD(module.parameters(), { lr: 0.01 }));
const { x, y } = labelledBatch(BATCH, FEATURES, CLASSES);

function step(): void {
  fabric.step(() => {
    optimizer.zeroGrad();
    fabric.backward(F.crossEntropy(model.forward(x), y));
    optimizer.step();
  });
}

for (let warm = 0; warm < WARM_STEPS; warm += 1) step();
await fabric.barrier();
const profile = fabric.device.backend.startProfile?.(() => ({}));
if (profile === undefined) throw new Error("The engine of this machine does not measure.");
for (let warm = 0; warm < WARM_STEPS; warm += 1) step();
profile.drop();
reductions.length = 0;
const begin = performance.now();
for (let each = 0; each < STEPS; each += 1) step();
const stepMs = (performance.now() - begin) / STEPS;
const runs = profile.stop().runs.map(({ startMs, durationMs }) => ({ from: startMs, to: startMs + durationMs }));

const length = ({ from, to }: Stretch): number => Math.max(0, to - from);
const both = (a: Stretch, b: Stretch): number => length({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });
const reduceMs = reductions.reduce((sum, each) => sum + length(each), 0);
// Runs follow each other, so that no time counts twice.
const hiddenMs = reductions.reduce((sum, each) => sum + runs.reduce((inside, run) => inside + both(each, run), 0), 0);
const share = await fabric.allReduce(hiddenMs / reduceMs);
const found = { stepMs, reduceMsOfAStep: reduceMs / STEPS, shareInsideCompute: share };
const rounded = Object.entries(found).map(([name, value]) => [name, Number(value.toFixed(2))]);
if (fabric.isGlobalZero) console.log(JSON.stringify(Object.fromEntries(rounded)));
await fabric.close();
