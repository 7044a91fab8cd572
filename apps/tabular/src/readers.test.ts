import { fromPolars, readCsv, type Table } from "lightning-ts/data";
import { nodeFiles } from "lightning-ts/fabric/node";
import pl from "nodejs-polars";
import { expect, it } from "vitest";
import { PenguinDataModule } from "./penguin-data-module.js";
import { penguinFile } from "./penguin-file.js";

async function batches(table: Table): Promise<unknown[]> {
  const data = new PenguinDataModule(table);
  data.setup();
  const found: unknown[] = [];
  for await (const [features, species] of data.valDataloader()) found.push([...features.values], [...species.values]);
  return found;
}

it("gives the same batches from Polars and from CSV", async () => {
  const path = await penguinFile();
  const [polars, csv] = [await fromPolars(pl.readCSV(path)), await readCsv(path, { files: nodeFiles() })];
  expect([polars.length, polars.missing]).toEqual([csv.length, csv.missing]);
  expect(csv.missing["sex"]).toBe(11);
  expect(await batches(polars)).toEqual(await batches(csv));
});
