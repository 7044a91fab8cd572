import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as L from "lightning-ts";
import { expect, it } from "vitest";
import { grown, held } from "./held.js";

const kinds: readonly (readonly [what: string, seen: string, hold: () => () => void])[] = [
  [
    "a tensor",
    "tensors",
    () => {
      const tensor = L.tf.scalar(1);
      return () => tensor.dispose();
    },
  ],
  [
    "a timer",
    "handle Timeout",
    () => {
      const timer = setTimeout(() => undefined, 60_000);
      return () => clearTimeout(timer);
    },
  ],
  [
    "a listener",
    "listener SIGUSR2",
    () => {
      const listener = () => undefined;
      process.on("SIGUSR2", listener);
      return () => process.off("SIGUSR2", listener);
    },
  ],
];

it.each(kinds)("%s that stays is named, and one that went is no fault", async (_, seen, hold) => {
  const before = await held();
  const release = hold();
  const after = await held();
  release();
  expect(grown(before, after)).toContainEqual(expect.stringMatching(`^${seen}: `));
  expect(grown(after, before)).not.toContainEqual(expect.stringMatching(`^${seen}: `));
});

it.runIf(process.platform === "linux")("an open file that stays is named", async () => {
  const before = await held();
  const file = openSync(fileURLToPath(import.meta.url), "r");
  const after = await held();
  closeSync(file);
  expect(grown(before, after).join()).toContain("openFiles: ");
});

it("more of one thing is not hidden by less of another", () => {
  expect(grown({ "handle Timeout": 2 }, { "handle Timeout": 1, "handle Worker": 1 })).toEqual([
    "handle Worker: 0 before, 1 after",
  ]);
});
