/**
 * Adds arrays of three sizes over all ranks, again and again, and prints the median milliseconds of one call.
 * usage: node --import tsx src/ranks/all-reduce.ts [ranks, 2]; or the same behind mpirun --bind-to none -n 2
 */
import { cpu, Fabric } from "@lightning-ts/fabric";

const SIZES = { "4 KB": 1024, "64 KB": 16_384, "5 MB": 1_310_720 };
const [WARM_CALLS, CALLS] = [10, 60];

const fabric = new Fabric({
  accelerator: cpu({ backend: "cpu" }),
  strategy: "ddp",
  devices: Number(process.argv[2] ?? 2),
});
await fabric.launch();
const { collective } = fabric.strategy;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Of calls that block, as a hand-written loop makes them. */
function timeOf(length: number): number {
  const values = new Float32Array(length).fill(collective.rank);
  const times: number[] = [];
  for (let call = 0; call < WARM_CALLS + CALLS; call += 1) {
    const begin = performance.now();
    collective.allReduce(values, { name: "all-reduce", op: "mean" }).join();
    times.push(performance.now() - begin);
  }
  return median(times.slice(WARM_CALLS));
}

const found = Object.fromEntries(Object.entries(SIZES).map(([name, length]) => [name, timeOf(length)]));
if (fabric.isGlobalZero) console.log(JSON.stringify(found));
await fabric.close();
