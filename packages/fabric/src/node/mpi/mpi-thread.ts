// What the thread runs in which a process calls MPI.
import { receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import { openMpi } from "./mpi-library.js";
import { serveCalls } from "./serve-calls.js";
import { SharedWords, WORD, type FromThread, type ThreadStart, type ToThread } from "./thread-messages.js";
import { ThreadMpi } from "./thread-mpi.js";

const { memory, environment, port, processId }: ThreadStart & { readonly port: MessagePort } = workerData;
const shared = new SharedWords(memory);

function tell(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, [...transfer]);
  shared.ring(WORD.fromThread);
}

function nextRequest(): ToThread | undefined {
  const received: { readonly message: ToThread } | undefined = receiveMessageOnPort(port);
  return received?.message;
}

try {
  const mpi = new ThreadMpi(await openMpi(environment));
  const { rank, worldSize, version } = mpi;
  tell({ type: "ready", rank, worldSize, version });
  serveCalls({ mpi, shared, processId, tell, nextRequest });
  mpi.mpi.functions.finalize();
  Atomics.store(shared.words, WORD.isOver, 1);
  Atomics.notify(shared.words, WORD.isOver);
} catch (error) {
  tell({ type: "unavailable", how: error instanceof Error ? error.message : String(error) });
}
