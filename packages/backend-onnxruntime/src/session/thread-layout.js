// The layout of shared memory, as the thread that started this one handed it over. Plain JavaScript, like
// run-worker.js.
import { workerData } from "node:worker_threads";

/** @type {typeof import("./executor-layout.js").EXECUTOR_LAYOUT} */
export const layout = workerData.layout;
