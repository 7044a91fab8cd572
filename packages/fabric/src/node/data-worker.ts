// What a worker thread of a DataLoader runs.
import { serveDataWorker } from "@lightning-ts/core";
import { parentPort } from "node:worker_threads";

serveDataWorker({
  listen: (handler) => void parentPort?.on("message", handler),
  post: (message, transfer = []) => parentPort?.postMessage(message, [...transfer]),
});
