import type { Messages, Ports } from "@lightning-ts/fabric";
import { RunJournal } from "../../checkpoint/run-journal.js";
import type { FitState } from "../state/fit-state.js";

interface Written {
  readonly part: string;
  readonly path: string;
  readonly state: FitState;
  readonly messages: Messages;
}

/** Tells `lightning run`, where it started this script, which checkpoint a fit has written. */
export async function writeDown(ports: Ports, { part, path, state, messages }: Written): Promise<void> {
  try {
    await RunJournal.of(ports)?.add({ fit: state.fitOfProcess, step: state.cursor.globalStep, part, path });
  } catch (error) {
    messages.warn("journal", `lightning run does not know of ${path}, nor of later checkpoints: ${String(error)}`);
  }
}
