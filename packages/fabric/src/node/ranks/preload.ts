// What a process that is started as a rank loads before its script.
import { becomeRankOfParent } from "./rank-process.js";

await becomeRankOfParent();
