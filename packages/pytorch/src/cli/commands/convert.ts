import { Argument, Command, Option } from "commander";
import {
  CHECKPOINT_FORMATS,
  convertCheckpoint,
  type CheckpointFormat,
} from "../../checkpoint/weights/convert-checkpoint.js";

/** `lightning convert`. */
export function convertCommand(): Command {
  return new Command("convert")
    .description("Turn a checkpoint of Python's Lightning into one of ours, or the other way, or take its weights out.")
    .addArgument(new Argument("<in>", "a checkpoint of either side, or weights; its content says what it is"))
    .addArgument(new Argument("<out>", "the file to write; it appears whole or not at all"))
    .addOption(
      new Option(
        "--to <format>",
        "lightning: a checkpoint for Python; lightning-ts: one for here; torch, safetensors: weights alone " +
          "(default: weights for .pt, .pth, .bin and .safetensors, else a checkpoint for the other side)",
      ).choices(CHECKPOINT_FORMATS),
    )
    .action(async (input: string, output: string, { to }: { to?: CheckpointFormat }) => {
      const converted = await convertCheckpoint(input, output, { to });
      process.stdout.write(`${output} is written, as ${converted.to}.\n`);
      if (converted.leftOut.length > 0)
        process.stdout.write(`There is no place in it for: ${converted.leftOut.join(", ")}.\n`);
    });
}
