/**
 * Sees to it that the tests of WebGPU have a GPU to run on: SwiftShader, which Debian's chromium brings, and Vulkan's
 * loader. Where they cannot be installed, it says so, and the tests are skipped.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";
const LOADER = "/usr/lib/x86_64-linux-gnu/libvulkan.so.1";

if (existsSync(DRIVER) && existsSync(LOADER)) console.log("The software GPU is there.");
else if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
  console.log("There is no software GPU: tests of WebGPU are skipped. On Debian: apt-get install chromium libvulkan1");
else install();

function install(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    execFileSync("apt-get", ["update", "-q"], { env, stdio: "ignore" });
    execFileSync("apt-get", ["install", "-qy", "--no-install-recommends", "chromium", "libvulkan1"], {
      env,
      stdio: "ignore",
    });
    console.log("The software GPU was installed.");
  } catch (error) {
    console.log(`The software GPU could not be installed, so tests of WebGPU are skipped: ${String(error)}`);
  }
}
