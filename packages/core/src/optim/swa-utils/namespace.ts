/** What `optim.swaUtils` holds. */
export { AveragedModel, type AveragedModelOptions } from "./averaged-model.js";
export {
  getEmaAvgFn,
  getEmaMultiAvgFn,
  getSwaAvgFn,
  getSwaMultiAvgFn,
  type AvgFn,
  type MultiAvgFn,
} from "./averaging.js";
export { SWALR, type SWALROptions } from "./swalr.js";
export { updateBn } from "./update-bn.js";
