import { FakeProcesses, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { countFit, isOfJob, jobCheckpoints, nextJobCheckpoint } from "./job-checkpoints.js";

async function filesWith(...names: readonly string[]): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  await files.makeDirectory("/jobs");
  for (const name of names) await (await files.open(`/jobs/${name}`, "create")).close();
  return files;
}

describe("checkpoints of jobs", () => {
  it("are found by their names, the newest first", async () => {
    const files = await filesWith(
      ...["hpc_ckpt_2.ckpt", "hpc_ckpt_10.ckpt", "hpc_ckpt_9.ckpt", "last.ckpt", "old_hpc_ckpt_11.ckpt"],
      ...["hpc_ckpt_12.ckpt.tmp", "hpc_ckpt_x.ckpt", "hpc_ckpt_.ckpt", "hpc_ckpt_13xckpt"],
    );
    expect(await jobCheckpoints(files, "/jobs")).toEqual([
      "/jobs/hpc_ckpt_10.ckpt",
      "/jobs/hpc_ckpt_9.ckpt",
      "/jobs/hpc_ckpt_2.ckpt",
    ]);
    expect(await nextJobCheckpoint(files, "/jobs")).toBe("/jobs/hpc_ckpt_11.ckpt");
  });

  it("are none where there is no folder, or a file in its place", async () => {
    const files = await filesWith("a");
    for (const folder of ["/nowhere", "/jobs/a"]) {
      expect(await jobCheckpoints(files, folder)).toEqual([]);
      expect(await nextJobCheckpoint(files, folder)).toBe(`${folder}/hpc_ckpt_1.ckpt`);
    }
  });

  it("begin with 1", async () => {
    expect(await nextJobCheckpoint(await filesWith("last.ckpt"), "/jobs/../jobs")).toBe("/jobs/hpc_ckpt_1.ckpt");
  });

  it("belong to the fit of the job that wrote them", () => {
    const asked = { job: "7", fit: 2 };
    expect(isOfJob({ job: { name: "7", fit: 2 } }, asked)).toBe(true);
    expect(isOfJob({ job: { name: "7", fit: 1 } }, asked)).toBe(false);
    expect(isOfJob({ job: { name: "8", fit: 2 } }, asked)).toBe(false);
    expect(isOfJob({ job: {} }, asked)).toBe(false);
    expect(isOfJob({ job: "7" }, asked)).toBe(false);
    expect(isOfJob({}, asked)).toBe(false);
  });
});

/** A number that no process has had. */
let unused = 9000;

describe("the fits of a process", () => {
  it("are counted for each process by itself, also where its number comes again", async () => {
    const processId = (unused += 2);
    const [one, other] = [0, 1].map((more) => new FakeProcesses({ processId: processId + more }));
    const reused = new FakeProcesses({ processId, started: "later" });
    const counts: number[] = [];
    for (const processes of [one, other, one, reused, one, reused]) counts.push(await countFit({ processes }));
    expect(counts).toEqual([1, 1, 2, 1, 3, 2]);
  });

  it("are counted where a platform knows no processes too", async () => {
    const first = await countFit({ processes: undefined });
    expect(await countFit({ processes: undefined })).toBe(first + 1);
  });
});
