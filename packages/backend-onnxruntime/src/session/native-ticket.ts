import type { RunTicket, RunTimes } from "../contract/graph-runner.js";
import { EngineError } from "../errors/engine-error.js";
import type { GraphRunError } from "../errors/graph-run-error.js";

/** Stands for a submitted run: `id` is its place in the queue. */
export class NativeTicket implements RunTicket {
  isSettled = false;
  error: GraphRunError | undefined;
  times: RunTimes | undefined;

  constructor(readonly id: number) {}
}

/** @throws EngineError unless the ticket is ours */
export function ownTicket(ticket: RunTicket): NativeTicket {
  if (ticket instanceof NativeTicket) return ticket;
  throw new EngineError({ code: "LIT_ENGINE_TICKET", message: "This ticket was not issued by this runner." });
}
