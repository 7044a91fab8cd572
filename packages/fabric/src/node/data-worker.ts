// What a worker thread of a DataLoader runs.
import { serveDataWorker, setFiles } from "@lightning-ts/core";
import { parentPort } from "node:worker_threads";
import { nodeFiles } from "./node-files.js";

setFiles(nodeFiles());

serveDataWorker({
  listen: (handler) => void parentPort?.on("message", handler),
  post: (message, transfer = []) => parentPort?.postMessage(message, [...transfer]),
});
