import type { Processes } from "@lightning-ts/core";
import type { Requeue } from "@lightning-ts/fabric";
import { wait, type Steps } from "../../door/steps.js";
import { tolerateSaveErrors } from "../../callbacks/tolerate-save-errors.js";
import type { Session } from "../session/session.js";
import { nextJobCheckpoint } from "./job-checkpoints.js";

/** What interrupts a run whose job is started again. */
export const REQUEUED = "SIGUSR1";

/**
 * At a safe point of a job whose time is about to end: a fit is saved as `hpc_ckpt_<n>.ckpt` in `defaultRootDir`, and
 * rank 0 asks the cluster to start the job again. Where that worked the run is over; otherwise it goes on.
 */
export function* requeueIfAsked(session: Session): Steps<void> {
  const { connection, messages, state, stage } = session;
  const { strategy } = connection;
  if (strategy.worldSize === 1 && !state.isRequeueAsked) return;
  const { requeue } = connection.environment;
  if (requeue === undefined) return;
  const name = `requeue at ${state.describePosition()}`;
  if (strategy.worldSize > 1 && !(yield* wait(strategy.agree({ name, wish: state.isRequeueAsked })))) return;
  state.isRequeueAsked = false;
  if (stage === "fit") yield* wait(saveForJob(session, requeue));
  const failure = strategy.isGlobalZero ? yield* wait(ask(connection.ports.processes, requeue)) : "";
  const said = strategy.worldSize === 1 ? { failure } : yield* wait(strategy.broadcast({ failure }, 0, name));
  if (said.failure === "") state.interruption ??= REQUEUED;
  else messages.alert(`Job ${requeue.job} is not started again: ${said.failure}. This run goes on until it is ended.`);
}

async function saveForJob({ connection, messages, plan, trainer }: Session, { job }: Requeue): Promise<void> {
  const { ports, strategy } = connection;
  const found = strategy.isGlobalZero ? await nextJobCheckpoint(ports.files, plan.defaultRootDir) : "";
  const { path } =
    strategy.worldSize === 1 ? { path: found } : await strategy.broadcast({ path: found }, 0, "hpc path");
  await tolerateSaveErrors(trainer, async () => {
    await trainer.saveCheckpoint(path);
    if (strategy.isGlobalZero) messages.info(`The time of job ${job} is about to end: the run is saved as ${path}.`);
  })();
}

/** @returns why the job is not started again; empty where it is */
async function ask(processes: Processes | undefined, { command }: Requeue): Promise<string> {
  if (processes === undefined) return "this platform starts no programs";
  const [program, ...args] = command;
  try {
    const code = await processes.run(program, args);
    return code === 0 ? "" : `${command.join(" ")} ended with ${code}`;
  } catch (error) {
    return `${command.join(" ")} could not be run (${String(error)})`;
  }
}
