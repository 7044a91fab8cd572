import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RandomStream } from "lightning-ts/core";
import type { LoadedTree } from "lightning-ts/fabric";
import { afterAll, beforeAll, expect, it } from "vitest";
import { outcomeOf, run, store, worlds, type Curve } from "./edited-run.js";
import { applyEdit, editsOf, isLoss, nameOf, type Edit } from "./edits.js";

/** How many edits of each world: `pnpm test:reliability --full` tries over a thousand. */
const EDITS = process.env["RELIABILITY"] === "full" ? 80 : 6;

/** What a run writes for its readers, and nothing is restored from. A value there changes nothing. */
const READ_BY_NOBODY = /^(epoch|global_step|lightning-ts_version)( |$)/;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lightning-ts-edits-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function saved(name: string): Promise<{ readonly tree: LoadedTree; readonly curve: Curve }> {
  const path = join(folder, `${name}.ckpt`);
  const curve = await run(worldOf(name), { save: path });
  return { tree: await store.load(path), curve };
}

function worldOf(name: string) {
  const world = worlds[name];
  if (world === undefined) throw new Error(`there is no world ${name}`);
  return world;
}

/** Chosen by seed, so that a finding can be repeated. */
function sampleOf(edits: readonly Edit[], name: string): readonly Edit[] {
  const order = RandomStream.fromSeed(12, name).permutation(edits.length);
  return [...order.slice(0, EDITS)].flatMap((index) => edits[index] ?? []);
}

it.each(Object.keys(worlds))(
  "a checkpoint of %s with one value edited, and its checksums made right again, is refused or gives the same curve",
  async (name) => {
    const { tree, curve } = await saved(name);
    const path = join(folder, "edited.ckpt");
    expect(await outcomeOf(worldOf(name), path, tree, curve)).toBe("same");
    const findings: string[] = [];
    for (const edit of sampleOf(editsOf(tree), name)) {
      const outcome = await outcomeOf(worldOf(name), path, applyEdit(tree, edit), curve);
      const isAllowed = outcome === "same" && (!isLoss(edit) || READ_BY_NOBODY.test(nameOf(edit)));
      const isUnread = outcome === "same" && edit.place[0] === "metric_objects" && edit.kind === "of another type";
      if (!outcome.startsWith("refused") && !isAllowed && !isUnread) findings.push(`${nameOf(edit)}: ${outcome}`);
    }
    expect(findings).toEqual([]);
  },
  600_000,
);

it("every entry of a checkpoint whose values are lost or of another kind is refused by its name", async () => {
  const { tree, curve } = await saved("SGD");
  for (const key of Object.keys(tree)) {
    if (["run", "run_setup", "inventory", "job"].includes(key)) continue;
    for (const value of [undefined, "", 7]) {
      const outcome = await outcomeOf(
        worldOf("SGD"),
        join(folder, "lost.ckpt"),
        applyEdit(tree, { place: [key], kind: "", value }),
        curve,
      );
      const expected = READ_BY_NOBODY.test(key) ? /^same|^refused/ : /^refused (Checkpoint|Misconfiguration)\w*Error/;
      expect(outcome, `${key} ${String(value)}`).toMatch(expected);
    }
  }
});
