import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import * as L from "lightning-ts";
import { FSDPStrategy } from "lightning-ts/fabric";
import { rankOfProcess } from "./rank-of-process.js";

/** Which rank is killed, and how long after it has begun its save number `save`; -1 for none. */
export interface SaveKillOrders {
  readonly devices: number;
  readonly victim: number;
  readonly save: number;
  readonly afterMs: number;
  /** The name of the folder of shards that every save replaces. */
  readonly checkpoint: string;
  /** Inputs and width of the model, whose optimizer remembers some megabytes. */
  readonly sizes: readonly [number, number];
}

const KILLER = `
  const { workerData: { alarm, afterMs } } = require("node:worker_threads");
  Atomics.wait(alarm, 0, 0);
  for (const until = performance.now() + afterMs; performance.now() < until; );
  process.kill(process.pid, "SIGKILL");
`;

const [text = "{}", folder = ""] = process.argv.slice(2);
const orders: SaveKillOrders = JSON.parse(text);
const [inputs, width] = orders.sizes;
const isVictim = rankOfProcess() === orders.victim;
const alarm = new Int32Array(new SharedArrayBuffer(4));
if (isVictim) new Worker(KILLER, { eval: true, workerData: { alarm, afterMs: orders.afterMs } }).unref();
const strategy = new FSDPStrategy({ timeoutMs: 60_000, stateDictType: "sharded" });
const fabric = new L.Fabric({ accelerator: L.cpu({ backend: "cpu" }), devices: orders.devices, strategy });
await fabric.launch();
const net = new L.nn.Sequential(new L.nn.Linear(inputs, width), new L.nn.Linear(width, 2));
const [model, optimizer] = fabric.setup(net, (module) => new L.optim.Adam(module.parameters(), { lr: 0.01 }));
for (let step = 1; step <= orders.save; step += 1) {
  fabric.step(() => {
    fabric.backward(model.forward(L.tf.ones([1, inputs])).mean());
    optimizer.step();
    optimizer.zeroGrad();
  });
  if (isVictim && step === orders.save) {
    Atomics.store(alarm, 0, 1);
    Atomics.notify(alarm, 0);
  }
  await fabric.save(join(folder, orders.checkpoint), { model, optimizer, step });
  writeFileSync(join(folder, `rank-${fabric.globalRank}.json`), JSON.stringify({ step }));
}
await fabric.close();
