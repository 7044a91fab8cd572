import { MemoryBudget } from "../values/memory-budget.js";
import { ZipArchive } from "./zip-archive.js";

/**
 * The members of any zip file, with their checksums checked when they are read.
 * @param maxInflatedBytes what its deflated members may take together
 * @throws TorchFileError for what is no zip file, or a damaged one
 */
export function openZip(file: Uint8Array, maxInflatedBytes: number): ZipArchive {
  return new ZipArchive(file, new MemoryBudget(maxInflatedBytes, "inflating its members"));
}
