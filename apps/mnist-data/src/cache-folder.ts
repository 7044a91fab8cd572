import { homedir } from "node:os";
import { join } from "node:path";

/** Where data sets are kept between runs: `LIGHTNING_CACHE`, else the folder that the system has for caches. */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment["LIGHTNING_CACHE"];
  if (chosen !== undefined && chosen !== "") return chosen;
  return join(userCacheFolder(environment, platform), "lightning-ts");
}

/** Where MNIST's files are kept unless somebody says otherwise. */
export function mnistFolder(): string {
  return join(cacheFolder(), "mnist");
}

function userCacheFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  if (platform === "win32") return environment["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local");
  return environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
}
