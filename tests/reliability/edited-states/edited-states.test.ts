import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RandomStream } from "lightning-ts/core";
import type { LoadedTree } from "lightning-ts/fabric";
import { afterAll, beforeAll, expect, it } from "vitest";
import { outcomeOf, run, store, withCallbacks, worlds, type Curve } from "./edited-run.js";
import { IS_FULL } from "../runs/options.js";
import { applyEdit, editsIn, editsOf, isLoss, nameOf, type Edit } from "./edits.js";

/** How many edits of each world: `pnpm test:reliability --full` tries over a thousand. */
const EDITS = IS_FULL ? 80 : 6;

/** What a run writes for its readers, and nothing is restored from. A value there changes nothing. */
const READ_BY_NOBODY = /^(epoch|global_step|lightning-ts_version)( |$)/;

/** A scaled loss may overflow halfway through an accumulation: such gradients are a run's own, and skip its step. */
const MAY_OVERFLOW = /^gradients\..* NaN$/;

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
      const isOverflow = name === "half precision" && MAY_OVERFLOW.test(nameOf(edit));
      if (!outcome.startsWith("refused") && !isAllowed && !isUnread && !isOverflow)
        findings.push(`${nameOf(edit)}: ${outcome}`);
    }
    expect(findings).toEqual([]);
  },
  600_000,
);

/** What is compared, or made into a module by others: a run goes on without it. */
const NOT_TAKEN_BACK = /^(run_setup|hyper_parameters|hparams_name|datamodule_hyper_parameters)/;

it("callbacks of users and of the library, hyperparameters and the run's own record are refused or give the same curve", async () => {
  const path = join(folder, "callbacks.ckpt");
  const curve = await run(withCallbacks, { save: path });
  const tree = await store.load(path);
  const edits = editsIn(tree, (entry) =>
    /^(callbacks|averaging_state|current_model_state|run|run_setup|hyper_parameters|hparams_name)$/.test(entry),
  );
  expect(edits.length).toBeGreaterThan(200);
  expect(await outcomeOf(withCallbacks, path, tree, curve)).toBe("same");
  const order = RandomStream.fromSeed(12, "callbacks").permutation(edits.length);
  const sample = [...order.slice(0, IS_FULL ? edits.length : 12)].flatMap((index) => edits[index] ?? []);
  const outcomes = { refused: 0, same: 0 };
  const findings: string[] = [];
  for (const edit of sample) {
    const outcome = await outcomeOf(withCallbacks, path, applyEdit(tree, edit), curve);
    const isAllowed = outcome === "same" && (!isLoss(edit) || NOT_TAKEN_BACK.test(nameOf(edit)));
    if (outcome.startsWith("refused")) outcomes.refused += 1;
    else if (isAllowed) outcomes.same += 1;
    else findings.push(`${nameOf(edit)}: ${outcome}`);
  }
  if (IS_FULL) console.log(`${sample.length} edits of callbacks and records: ${JSON.stringify(outcomes)}`);
  expect(findings).toEqual([]);
}, 600_000);

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
