/** Whether a package can be found from here, without loading it. */
export async function isInstalled(packageName: string): Promise<boolean> {
  if (typeof import.meta.resolve === "function") {
    try {
      import.meta.resolve(packageName);
      return true;
    } catch {
      return false; // not found is the answer, not a failure
    }
  }
  try {
    await import(/* @vite-ignore */ packageName);
    return true;
  } catch {
    return false; // as above, where resolving without loading is not possible
  }
}
