import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { decodeSafetensor, parseSafetensorsHeader, safetensorsHeaderLength } from "@lightning-ts/core";
import type { Training } from "../workloads/workload.js";
import { trainingOf } from "./start-file.js";

/** The model with a start file's weights, and its batch, read one by one: no byte lies in memory twice. */
export function readStart(path: string, model: Training["model"]): Training {
  const file = openSync(path, "r");
  const bytesAt = (begin: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    readSync(file, bytes, 0, length, begin);
    return bytes;
  };
  const { size } = fstatSync(file);
  const { entries } = parseSafetensorsHeader(bytesAt(0, safetensorsHeaderLength(bytesAt(0, 8), size)), size);
  const tensors = entries.map(
    (entry) => [entry.name, decodeSafetensor(entry, bytesAt(entry.begin, entry.end - entry.begin))] as const,
  );
  closeSync(file);
  return trainingOf(new Map(tensors), model);
}
