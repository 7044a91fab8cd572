// The other side of `CoreDistance`: answers every number that it is shown with the next one. Plain JavaScript, because
// Node 20 cannot start a worker from TypeScript.
import { parentPort, workerData } from "node:worker_threads";

/** @type {{ cells: Int32Array, cell: { turn: number, number: number }, exchanges: number }} */
const { cells, cell, exchanges } = workerData;
parentPort?.postMessage("ready");

for (let turn = 0; ; turn += 1) {
  Atomics.wait(cells, cell.turn, turn);
  for (let number = 1; number < 2 * exchanges; number += 2) {
    while (Atomics.load(cells, cell.number) !== number);
    Atomics.store(cells, cell.number, number + 1);
  }
}
