// The other side of `CoreDistance`: answers every number that it is shown with the next one. Plain JavaScript, because
// Node 20 cannot start a worker from TypeScript.
import { parentPort, workerData } from "node:worker_threads";

/** @type {{ cells: Int32Array, cell: { turn: number, number: number }, exchanges: number, stop: number }} */
const { cells, cell, exchanges, stop } = workerData;
parentPort?.postMessage("ready");

for (let turn = 0; ; turn += 1) {
  Atomics.wait(cells, cell.turn, turn);
  answer(turn + 1);
}

/** @param {number} turn ends when it is told to stop, also if the next turn has begun meanwhile */
function answer(turn) {
  for (let number = 1; number < 2 * exchanges; number += 2) {
    while (Atomics.load(cells, cell.number) !== number)
      if (Atomics.load(cells, cell.number) === stop || Atomics.load(cells, cell.turn) !== turn) return;
    if (Atomics.compareExchange(cells, cell.number, number, number + 1) !== number) return;
  }
}
