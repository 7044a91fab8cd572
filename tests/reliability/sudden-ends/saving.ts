import * as L from "lightning-ts";

/** How a run of these tests saves. */
export interface Saving {
  readonly saveLast: true | "link";
  readonly isAsync: boolean;
}

export const savings: readonly (Saving & { readonly name: string })[] = [
  { name: "last.ckpt is a file", saveLast: true, isAsync: false },
  { name: "last.ckpt is a link", saveLast: "link", isAsync: false },
  { name: "last.ckpt is a file, written in the background", saveLast: true, isAsync: true },
  { name: "last.ckpt is a link, written in the background", saveLast: "link", isAsync: true },
];

/** The callbacks of a run: the two newest steps, and the last one. */
export function checkpointsOf({ saveLast }: Saving, dirpath: string): L.ModelCheckpoint {
  return new L.ModelCheckpoint({ dirpath, everyNTrainSteps: 3, saveTopK: 2, monitor: "step", mode: "max", saveLast });
}
