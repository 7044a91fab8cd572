import type { MlflowClient } from "./mlflow-client.js";
import { MlflowError } from "./mlflow-error.js";

/** A run on the server. */
export interface MlflowRun {
  readonly runId: string;
  readonly experimentId: string;
  readonly artifactUri: string;
}

export interface MlflowRunRequest {
  readonly experimentName: string;
  readonly artifactLocation: string | undefined;
  readonly runName: string | undefined;
  /** A run that goes on. */
  readonly runId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly startTimeMs: number;
}

/** Finds the run that goes on, or begins one in its experiment, which is made where it is not there. */
export async function openRun(client: MlflowClient, request: MlflowRunRequest): Promise<MlflowRun> {
  const { runId, runName, startTimeMs } = request;
  if (runId !== undefined) return runOf(await client.get("runs/get", { run_id: runId }));
  const experimentId = await experimentOf(client, request);
  const named = runName === undefined ? request.tags : { "mlflow.runName": runName, ...request.tags };
  return runOf(
    await client.post("runs/create", {
      experiment_id: experimentId,
      start_time: startTimeMs,
      tags: Object.entries(named).map(([key, value]) => ({ key, value })),
      ...(runName === undefined ? {} : { run_name: runName }),
    }),
  );
}

async function experimentOf(client: MlflowClient, request: MlflowRunRequest): Promise<string> {
  const { experimentName, artifactLocation } = request;
  try {
    const found = await client.get("experiments/get-by-name", { experiment_name: experimentName });
    return textAt(found, "experiment", "experiment_id");
  } catch (error) {
    if (!(error instanceof MlflowError) || error.status !== 404) throw error;
  }
  const made = await client.post("experiments/create", {
    name: experimentName,
    ...(artifactLocation === undefined ? {} : { artifact_location: artifactLocation }),
  });
  return textAt(made, "experiment_id");
}

function runOf(answer: unknown): MlflowRun {
  return {
    runId: textAt(answer, "run", "info", "run_id"),
    experimentId: textAt(answer, "run", "info", "experiment_id"),
    artifactUri: textAt(answer, "run", "info", "artifact_uri"),
  };
}

/** @throws MlflowError where an answer does not have what it must have */
function textAt(answer: unknown, ...path: readonly string[]): string {
  let value: unknown = answer;
  for (const name of path) value = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof value === "string") return value;
  throw new MlflowError({
    request: `reading ${path.join(".")}`,
    received: JSON.stringify(answer).slice(0, 300),
    tryThis: "look whether a server of MLflow is at this address.",
  });
}
