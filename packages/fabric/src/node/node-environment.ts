import { hostname } from "node:os";
import type { Environment } from "@lightning-ts/core";

/** The process's environment variables. */
export function nodeEnvironment(): Environment {
  return {
    get: (name) => process.env[name],
    set: (name, value) => {
      process.env[name] = value;
    },
    names: () => Object.keys(process.env),
    hostName: () => hostname(),
    processId: () => process.pid,
  };
}
