// What the check of imports has to notice.
import { readFileSync } from "node:fs";

export const text = readFileSync(new URL("../../LICENSE", import.meta.url), "utf8");
