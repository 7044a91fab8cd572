import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { CoreDistance } from "./core-distance.js";

it("is the time from one core to another and back, of what was measured since it was taken last", async () => {
  const distance = await CoreDistance.start();
  expect(distance !== undefined).toBe(availableParallelism() > 1);
  if (distance === undefined) return;
  expect(distance.take()).toBeNull();
  for (let turn = 0; turn < 3; turn += 1) distance.measure();
  const apartNs = distance.take();
  // Nothing at all on a machine whose other programs leave no two cores at once.
  expect(apartNs?.min ?? 100).toBeGreaterThan(1);
  expect(apartNs?.count ?? 0).toBeLessThanOrEqual(3);
  expect(distance.take()).toBeNull();
  await distance.close();
});
