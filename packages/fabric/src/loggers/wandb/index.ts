export { WandbLogger, type WandbLoggerOptions } from "./wandb-logger.js";
