import * as L from "lightning-ts";
import { fromPolars } from "lightning-ts/data";
import pl from "nodejs-polars";
import { penguinFile } from "./penguin-file.js";
import { trainPenguins } from "./train-penguins.js";

const frame = pl.readCSV(await penguinFile());
console.log(`lightning-ts ${L.VERSION}, Polars: ${frame.groupBy("species").len().sort("species").toString()}`);
await trainPenguins(await fromPolars(frame));
