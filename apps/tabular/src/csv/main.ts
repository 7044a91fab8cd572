import { readCsv } from "lightning-ts/data";
import { penguinFile } from "../penguin-file.js";
import { trainPenguins } from "../train-penguins.js";

await trainPenguins(await readCsv(await penguinFile()));
