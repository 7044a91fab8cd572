import type { Workload, WorkloadName } from "./workload.js";

/** A workload's model and batch in evaluation mode. Dropout draws nothing then, so that peers can be compared. */
export function prediction(name: WorkloadName, workload: Workload): Workload {
  const description = `${workload.description.replace(/, Adam$/, "")}: predictions`;
  return { ...workload, name, description, task: "predict", isRandom: false };
}
